import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { folderOf, leftIn, manifestOf, reached, type JobRun } from '../helpers/job-run.js';
import { ffmpeg } from '../helpers/media.js';
import { elevenSeconds } from '../helpers/two-minutes.js';
import { runWorkflow, workflows, type Workflow, type WorkflowRun } from '../helpers/workflows.js';

const folder = t.testdir({ nothing: {} });
const film = await elevenSeconds(folder);

// A disk of its own that nobody else sees and that is gone with the process; it grows at the end.
const fill = `
disk=$1; size=$2; shift 2
mount -t tmpfs -o size="$size" tmpfs "$disk" || exit 99
"$@"
status=$?
left=$(find "$disk" -name '.*.tmp*' | wc -l)
printf '{"type":"full","status":%d,"left":%d}\\n' "$status" "$left"
mount -o remount,size=64m "$disk" || exit 99
exec "$@" --resume
`;
const skip = noDisk();

interface Expected {
  readonly code: string;
  /** The command line's exit status. */
  readonly status: number;
  readonly message: RegExp;
  readonly stage?: string | null;
}

/** A run has failed with a reason and a next step, and the user has nothing half-made. */
function failed(
  t: Test,
  workflow: Workflow,
  { run, place, expected }: { run: JobRun; place: string; expected: Expected },
): void {
  const { status, ...error } = expected;
  t.equal(run.status, workflow === 'subtitle' ? status : 1, run.stderr);
  t.match(
    run.events.find(({ type }) => type === 'error'),
    error,
  );
  t.notOk(existsSync(join(place, 'out')), 'no result');
  // A list or a sound that grows is kept by its job as far as it goes.
  const left = existsSync(place) ? leftIn(place) : [];
  t.strictSame(
    left.filter((name) => !name.endsWith('.part')),
    [],
    'nothing is left half-written',
  );
}

const missing: Expected = {
  code: 'CPW_MODEL_NOT_FOUND',
  status: 3,
  message: /large-v2.*Next step/su,
};

for (const workflow of workflows) {
  const place = join(folder, workflow);
  const run = (more: Partial<WorkflowRun> = {}): Promise<JobRun> =>
    runWorkflow(workflow, { film, place, ...more });

  void t.test(`${workflow}: when the speech model is missing, that is said`, async (t) => {
    const ended = await run({ models: { asr: 'large-v2' } });
    // The command looks before it begins a job; a program finds out in the stage.
    const stage = workflow === 'subtitle' ? null : 'asr';
    failed(t, workflow, { run: ended, place, expected: { ...missing, stage } });
    if (workflow === 'subtitle') t.notOk(existsSync(join(place, 'jobs')), 'no job was begun');
  });

  void t.test(`${workflow}: when there is no ffmpeg, that is said`, async (t) => {
    const ended = await run({ env: { PATH: join(folder, 'nothing') } });
    const expected = {
      code: 'CPW_MEDIA_TOOL_FAILED',
      status: 4,
      stage: 'demux',
      message: /"ffmpeg" was not found\. Next step: install ffmpeg/u,
    };
    failed(t, workflow, { run: ended, place, expected });
  });

  void t.test(`${workflow}: when the film is cut, that is said`, async (t) => {
    const cut = join(folder, `${workflow}.cut.mp4`);
    writeFileSync(cut, readFileSync(film).subarray(0, 70_000));
    const ended = await run({ film: cut });
    const expected = { code: 'CPW_UNSUPPORTED_MEDIA', status: 2, stage: 'demux' };
    const message = /is cut: its audio breaks off at \d\.\d s of 11\.0 s.*Next step/su;
    failed(t, workflow, { run: ended, place, expected: { ...expected, message } });

    const beheaded = join(folder, `${workflow}.index.mp4`);
    await ffmpeg('-i', film, '-c', 'copy', beheaded);
    truncateSync(beheaded, 70_000);
    const lost = await run({ film: beheaded });
    const why = /moov atom not found.*Next step/su;
    failed(t, workflow, { run: lost, place, expected: { ...expected, message: why } });
  });

  void t.test(
    `${workflow}: when the disk is full, a run with room goes on`,
    { skip },
    async (t) => {
      for (const bytes of workflow === 'subtitle' ? ['200k', '600k'] : ['200k']) {
        const disk = join(folder, `${workflow}.${bytes}`);
        mkdirSync(disk);
        const within = [
          'unshare',
          '--mount',
          '--map-root-user',
          'sh',
          '-c',
          fill,
          'sh',
          disk,
          bytes,
        ];
        const ended = await run({ place: disk, within, outputDir: join(place, `full.${bytes}`) });
        // At 200k demux and asr write at the same time: whoever comes last meets the full disk.
        const stage = bytes === '600k' ? 'mux' : /^(?:demux|asr)$/u;
        t.match(
          ended.events.find(({ type }) => type === 'error'),
          { code: 'CPW_OUT_OF_MEMORY', stage, message: /Next step/u },
        );
        const full = ended.events.find(({ type }) => type === 'full');
        t.match(full, { status: workflow === 'subtitle' ? 3 : 1, left: 0 });
        t.equal(ended.status, 0, `and with room it ends well: ${ended.stderr}`);
        t.ok(bytes === '200k' || reached(ended.events, 'asr', 'kept'), 'with what is finished');
        t.ok(
          reached(ended.events, 'export', 'completed') || reached(ended.events, 'export', 'kept'),
        );
      }
    },
  );
}

void t.test(
  'translate, subtitle: when the translation model is missing, that is said',
  async (t) => {
    for (const workflow of ['translate', 'subtitle'] as const) {
      const place = join(folder, `${workflow}.model`);
      const models = { translation: 'nllb-200-distilled-600M' };
      const run = await runWorkflow(workflow, { film, place, models });
      const message = /nllb-200-distilled-600M.*Next step/su;
      const stage = workflow === 'subtitle' ? null : 'translation';
      const expected = { ...missing, stage, message };
      failed(t, workflow, { run, place, expected });
    }
  },
);

void t.test(
  'subtitle: when the disk of the results is full, the job is kept',
  { skip },
  async (t) => {
    const place = join(folder, 'results');
    const outputDir = join(place, 'out');
    mkdirSync(outputDir, { recursive: true });
    const within = [
      'unshare',
      '--mount',
      '--map-root-user',
      'sh',
      '-c',
      fill,
      'sh',
      outputDir,
      '64k',
    ];
    const run = await runWorkflow('subtitle', { film, place, outputDir, within });
    t.match(
      run.events.find(({ type }) => type === 'error'),
      { code: 'CPW_OUT_OF_MEMORY', message: /talk\.subtitled\.mp4.*the disk is full.*Next step/u },
    );
    t.match(
      run.events.find(({ type }) => type === 'full'),
      { status: 3, left: 0 },
    );
    t.match(
      run.stderr,
      /talk\.en\.srt.*exist already; add --overwrite/u,
      'what came through stays',
    );
  },
);

for (const workflow of ['transcribe', 'translate'] as const) {
  void t.test(`${workflow}: when a run is killed, the next one goes on`, async (t) => {
    const place = join(folder, `${workflow}.killed`);
    const killed = await runWorkflow(workflow, {
      film,
      place,
      killWhen: (events) => reached(events, 'demux', 'completed'),
    });
    t.equal(killed.signal, 'SIGKILL');
    const { demux } = manifestOf(folderOf(killed)).stages;
    t.equal(demux?.status, 'completed');
    const resumed = await runWorkflow(workflow, { film, place, resume: true });
    t.equal(resumed.status, 0, resumed.stderr);
    const { stages } = manifestOf(folderOf(resumed));
    t.equal(stages['demux']?.startedAt, demux?.startedAt);
    t.equal(stages['export']?.status, 'completed');
    t.strictSame(leftIn(place), []);
  });
}

/** Why no small disk can be had here; false where it can. */
function noDisk(): string | false {
  const args = ['--mount', '--map-root-user', 'mount', '-t', 'tmpfs', 'tmpfs', folder];
  const { status, error, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  if (status === 0) return false;
  return `a disk of its own cannot be mounted here: ${error?.message ?? stderr.trim()}`;
}

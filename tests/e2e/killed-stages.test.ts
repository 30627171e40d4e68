import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import {
  folderOf,
  hashes,
  leftIn,
  localModels,
  locksBeside,
  manifestOf,
  reached,
  runJob,
  type JobEvent,
  type JobRun,
  type JobRunOptions,
} from '../helpers/job-run.js';
import { cuesOf, listing, soundOf } from '../helpers/film.js';
import { fakeFfmpeg } from '../helpers/media.js';
import { twoMinutes } from '../helpers/two-minutes.js';

const folder = t.testdir();
const film = await twoMinutes(folder);
const args = ['subtitle', film, '--source', 'en', '--targets', 'es,hi', ...localModels()];
const s = (seconds: number): string => `${seconds.toFixed(1)} s`;

/** What has to be told of before a stage is killed: as late in its work as the events allow. */
const moments: Readonly<Record<string, (events: readonly JobEvent[]) => boolean>> = {
  demux: (events) => reached(events, 'demux', 'running'),
  vad: (events) => reached(events, 'vad', 'running'),
  // News of a stage comes once a second; a machine that is done within one is killed at its end.
  asr: (events) =>
    events.filter(({ type, stage }) => type === 'stage-progress' && stage === 'asr').length > 1 ||
    reached(events, 'asr', 'completed'),
  hallucination_removal: fed('hallucination_removal', 'asr'),
  alignment: fed('alignment', 'hallucination_removal'),
  translation: fed('translation', 'asr'),
  subtitle_generation: fed('subtitle_generation', 'alignment'),
  export: fed('export', 'subtitle_generation'),
  mux: (events) => reached(events, 'mux', 'running'),
};

/** The stage runs, and one that it lives on is at its end. */
function fed(stage: string, source: string): (events: readonly JobEvent[]) => boolean {
  return (events) => reached(events, stage, 'running') && reached(events, source, 'completed');
}

interface Wanted {
  readonly results: Readonly<Record<string, string>>;
  readonly streams: readonly string[];
  readonly sound: string;
}

const muxed = 'film.subtitled.mp4';

/** All that a run left for the user; the muxed file by its streams, since it holds a date. */
async function resultsIn(out: string): Promise<Wanted> {
  const { [muxed]: _, ...results } = hashes(out);
  const tracks = await Promise.all([1, 2, 3].map((track) => cuesOf(join(out, muxed), track)));
  const streams = [...(await listing(join(out, muxed))), ...tracks];
  return { results, streams, sound: await soundOf(join(out, muxed)) };
}

/** Hashes of what the job's stages wrote, by the manifest; the muxed file holds a date. */
function outputsOf(job: string): Readonly<Record<string, string>> {
  const outputs = Object.values(manifestOf(job).stages).flatMap((stage) => stage.outputs);
  const texts = outputs.filter(({ path }) => !path.endsWith('.mp4'));
  return Object.fromEntries(texts.map(({ path, sha256 }) => [path, sha256]));
}

interface Run extends JobRunOptions {
  readonly resume?: boolean;
  readonly more?: readonly string[];
}

function run(place: string, { resume = false, more = [], ...options }: Run = {}): Promise<JobRun> {
  const to = ['--jobs-dir', join(place, 'jobs'), '--output-dir', join(place, 'out')];
  return runJob([...args, ...more, ...to, ...(resume ? ['--resume'] : [])], options);
}

const unharmed = await run(join(folder, 'whole'));
if (unharmed.status !== 0) throw new Error(unharmed.stderr);
const wanted = await resultsIn(join(folder, 'whole/out'));
const wantedOutputs = outputsOf(folderOf(unharmed));
t.comment(`a run that nobody kills takes ${s(unharmed.elapsedS)}`);

for (const [stage, killWhen] of Object.entries(moments)) {
  void t.test(`when ${stage} is killed, a resumed run does the rest alone`, async (t) => {
    const place = join(folder, stage);
    const killed = await run(place, { killWhen });
    t.equal(killed.signal, 'SIGKILL', killed.stderr);
    const before = manifestOf(folderOf(killed)).stages;
    const finished = Object.keys(before).filter((id) => before[id]?.status === 'completed');
    t.equal(finished.includes('mux'), false);
    t.notOk(existsSync(join(place, 'out')), 'nothing has come to the user yet');

    const resumed = await run(place, { resume: true });
    t.equal(resumed.status, 0, resumed.stderr);
    const job = folderOf(resumed);
    t.equal(job, folderOf(killed));
    const after = manifestOf(job).stages;
    for (const id of finished) {
      t.equal(after[id]?.startedAt, before[id]?.startedAt, `${id} is not run again`);
      t.ok(reached(resumed.events, id, 'kept'), `${id} is kept`);
    }
    await compare(t, place, job);
    tidy(t, place, job);
    const state = before[stage]?.status ?? 'not begun';
    t.comment(
      `${stage}: killed after ${s(killed.elapsedS)} (${state}; finished: ${finished.join(', ') || 'none'}), ` +
        `resumed in ${s(resumed.elapsedS)}, a whole run takes ${s(unharmed.elapsedS)}`,
    );
  });
}

/** The same has come out as of the run that nobody killed, and nothing lies about. */
async function compare(t: Test, place: string, job: string): Promise<void> {
  t.strictSame(outputsOf(job), wantedOutputs, 'what the stages wrote is the same');
  t.strictSame(await resultsIn(join(place, 'out')), wanted, 'and so is what the user gets');
}

/** Nothing lies about. */
function tidy(t: Test, place: string, job: string): void {
  t.strictSame(leftIn(place), [], 'no half file is left');
  t.strictSame(locksBeside(job), [], 'and no lock');
}

/** An ffmpeg that first does something else, with the real ffprobe beside it. */
function tools(place: string, first: string): string {
  mkdirSync(place, { recursive: true });
  return fakeFfmpeg(place, `${first}\nexec ffmpeg "$@"`);
}

void t.test(
  'when the ffmpeg of a killed mux goes on writing, the resumed run is not harmed',
  async (t) => {
    const place = join(folder, 'orphan');
    const sign = join(place, 'tools/wrote');
    // Once, the real one has a brother that holds the file and writes on when its parent is gone.
    const linger = `last=$(for one; do :; done; echo "$one" | sed s/^file://)
case "$*" in *mov_text*) if [ ! -e ${sign} ]; then
  trap '' PIPE TERM INT
  exec 9>"$last" >/dev/null 2>&1
  touch ${sign}
  i=0; while [ $i -lt 600 ] && [ ! -e ${sign}.stop ]; do echo junk >&9; sleep 0.1; i=$((i + 1)); done
  touch ${sign}.end
  exit 1
fi;; esac`;
    const ffmpeg = ['--ffmpeg', tools(join(place, 'tools'), linger)];
    const killed = await run(place, { more: ffmpeg, killWhen: () => existsSync(sign) });
    t.equal(killed.signal, 'SIGKILL', killed.stderr);
    const resumed = await run(place, { more: ffmpeg, resume: true });
    t.equal(resumed.status, 0, resumed.stderr);
    t.notOk(existsSync(`${sign}.end`), 'the old one still writes');
    await compare(t, place, folderOf(resumed));
    tidy(t, place, folderOf(resumed));
    writeFileSync(`${sign}.stop`, '');
    await until(() => existsSync(`${sign}.end`));
    await compare(t, place, folderOf(resumed));
  },
);

void t.test('when a run is killed while ffmpeg demuxes, that ffmpeg ends too', async (t) => {
  const place = join(folder, 'piped');
  const sign = join(place, 'tools/pid');
  const note = `case "$*" in *-version*) ;; *) echo $$ > ${sign}; esac`;
  const ffmpeg = ['--ffmpeg', tools(join(place, 'tools'), note)];
  const killed = await run(place, { more: ffmpeg, killWhen: () => existsSync(sign) });
  t.equal(killed.signal, 'SIGKILL', killed.stderr);
  const pid = Number(readFileSync(sign, 'utf8'));
  await until(() => !isAlive(pid));
  t.notOk(isAlive(pid));
});

async function until(condition: () => boolean): Promise<void> {
  const last = performance.now() + 30_000;
  while (!condition() && performance.now() < last) await sleep(50);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

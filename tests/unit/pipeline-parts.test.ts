import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { CpwError } from '../../src/errors.js';
import { withLock } from '../../src/models/store-lock.js';
import { removeTemporary, writeAtomically } from '../../src/pipeline/atomic-file.js';
import {
  agreedCheckpoint,
  clearCheckpoints,
  lastCompleted,
  loadCheckpoint,
  saveCheckpoint,
} from '../../src/pipeline/checkpoint.js';
import { deliver } from '../../src/pipeline/deliver.js';
import { GrowingFile } from '../../src/pipeline/growing-file.js';
import { finishedItems } from '../../src/pipeline/finished-items.js';
import { growingItems } from '../../src/pipeline/items-file.js';
import { createJob, openJob } from '../../src/pipeline/job.js';
import type { StageRecord } from '../../src/pipeline/manifest.js';
import * as artefacts from '../../src/stages/artefacts.js';
import { collected, segment } from '../helpers/segments.js';

const never = new AbortController().signal;

/** Chunks as they were when they came: their memory is used again. */
async function copied(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const chunk of chunks) found.push(Buffer.from(chunk));
  return found;
}

const record = (status: StageRecord['status'], lineage = 'x'): StageRecord => ({
  status,
  version: 1,
  lineage,
  parameters: {},
  inputs: [],
  outputs: [],
  warnings: [],
  errors: [],
});

void t.test(
  'when a file cannot be written whole, the old one stays and nothing is left',
  async (t) => {
    const folder = t.testdir({ 'a.txt': 'old' });
    const broken = async function* broken(): AsyncGenerator<string> {
      yield 'half';
      throw new Error('it broke');
    };
    await t.rejects(writeAtomically(join(folder, 'a.txt'), broken()), { message: 'it broke' });
    t.strictSame(readdirSync(folder), ['a.txt']);
    t.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'old');
    await t.rejects(writeAtomically(join(folder, 'no', 'b.txt'), 'x'), {
      code: 'CPW_FILE_NOT_FOUND',
      message: /no.b\.txt': it does not exist/u,
    });
    writeFileSync(join(folder, '.0123456789abcdef.tmp.txt'), 'left by a crash');
    await removeTemporary(folder);
    t.strictSame(readdirSync(folder), ['a.txt']);
  },
);

void t.test(
  'when a file is read while it grows, everybody gets all of it, and its end',
  async (t) => {
    const path = join(t.testdir(), 'grows.bin');
    const file = await GrowingFile.begin(path);
    const early = copied(file.follow(never));
    const parts = Array.from({ length: 50 }, (_, index) => Buffer.alloc(5000, index));
    for (const [index, part] of parts.entries()) {
      await file.append(part);
      if (index === 25) t.notOk(existsSync(path), 'not under its name before it is whole');
    }
    const middle = copied(file.follow(never));
    await file.patch(0, Buffer.from([255]));
    await file.publish();
    const late = copied(file.follow(never));
    const whole = Buffer.concat(parts);
    whole[0] = 255;
    t.ok(readFileSync(path).equals(whole));
    t.ok(Buffer.concat(await late).equals(whole));
    t.equal(Buffer.concat(await early).length, whole.length);
    t.equal(Buffer.concat(await middle).length, whole.length);

    const failed = await GrowingFile.begin(join(t.testdirName, 'fails.bin'));
    await failed.append(Buffer.from('x'));
    const reader = copied(failed.follow(never));
    await failed.fail(new CpwError('CPW_UNSUPPORTED_MEDIA', 'it is cut'));
    await t.rejects(reader, { message: 'it is cut' });
    const stop = new AbortController();
    const waiting = await GrowingFile.begin(join(t.testdirName, 'waits.bin'));
    const aborted = copied(waiting.follow(stop.signal));
    stop.abort(new Error('enough'));
    await t.rejects(aborted, { message: 'enough' });
    await waiting.discard();
  },
);

void t.test(
  'when a list goes on after an interruption, its items stay and are checked',
  async (t) => {
    const path = join(t.testdir(), 'segments.json');
    const head = { language: 'en', languageProbability: 1 };
    const open = (): ReturnType<typeof growingItems> =>
      growingItems(artefacts.segments, path, () => undefined);
    const first = open();
    await first.output.begin(head);
    for (const id of [0, 1, 2]) await first.output.write(segment(id));
    await first.fail(new Error('killed'));

    const none = open();
    t.equal(await none.output.begin({ ...head, language: 'de' }, { keep: 2 }), undefined);
    await none.fail(new Error('killed'));
    t.equal(none.count(), 0, 'of another head nothing is kept');

    const again = open();
    await again.output.begin(head);
    for (const id of [0, 1, 2]) await again.output.write(segment(id));
    await again.fail(new Error('killed'));
    const second = open();
    t.match(await second.output.begin(head, { keep: 2 }), { id: 1 });
    const reader = collected(second.follow(never).items());
    await t.rejects(second.output.write(segment(3)), {
      message: /segments\[2\].*id is 3 behind 1/u,
    });
    await second.output.write(segment(2));
    await second.output.end({ duration: 3 });
    t.match(await reader, [{ id: 0 }, { id: 1 }, { id: 2 }]);
    const whole = finishedItems(artefacts.segments, path);
    t.match(await whole.tail(), { duration: 3 });
    const items = await collected(whole.items());
    t.match(items, [{ id: 0 }, { id: 1 }, { id: 2 }]);
    // The same in somebody else's layout.
    const written = readFileSync(path, 'utf8');
    writeFileSync(path, JSON.stringify(JSON.parse(written), null, 2));
    const laidOut = finishedItems(artefacts.segments, path);
    t.same(await collected(laidOut.items()), items);
    t.same(await laidOut.head(), await whole.head());
    writeFileSync(path, written.slice(0, written.lastIndexOf('\n{') + 1));
    const cut = finishedItems(artefacts.segments, path);
    await t.rejects(collected(cut.items()), { message: /ends in the middle/u });
    writeFileSync(path, written);
    t.match(JSON.parse(readFileSync(path, 'utf8')), {
      language: 'en',
      duration: 3,
      segments: [{ id: 0 }, {}, {}],
    });

    writeFileSync(
      path,
      JSON.stringify({ ...head, duration: 3, segments: [segment(0, { end: 0 })] }),
    );
    const wrong = finishedItems(artefacts.segments, path);
    await t.rejects(collected(wrong.items()), { message: /start 0 is not before end 0/u });
  },
);

void t.test('when a checkpoint disagrees with the manifest, it is set aside', async (t) => {
  const job = t.testdir();
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const save = (stage: string, completed: boolean, lineage = 'x'): Promise<void> =>
    saveCheckpoint(job, { stage, completed, state: { lineage } });
  const agreed = (
    stage: string,
    of: StageRecord | undefined,
  ): ReturnType<typeof agreedCheckpoint> => agreedCheckpoint(job, stage, { record: of, warn });

  await save('asr', false);
  t.match(JSON.parse(readFileSync(join(job, '.checkpoints', 'asr.json'), 'utf8')), {
    stage: 'asr',
    timestamp: /^\d{4}-/u,
    state: { lineage: 'x' },
    completed: false,
  });
  t.ok(await agreed('asr', record('interrupted')), 'it agrees');
  t.equal(await agreed('asr', record('completed')), undefined, 'the manifest says completed');
  t.equal(await loadCheckpoint(job, 'asr'), undefined, 'and it is gone');
  await save('asr', true);
  t.equal(await agreed('asr', record('failed')), undefined);
  await save('asr', false);
  t.equal(await agreed('asr', record('running', 'y')), undefined);
  await save('asr', false);
  t.equal(await agreed('asr', undefined), undefined);
  writeFileSync(join(job, '.checkpoints', 'asr.json'), '{"stage":"as');
  t.equal(await agreed('asr', record('running')), undefined, 'half a file');
  t.equal(warnings.length, 5);
  t.match(warnings, Array(5).fill(/is now .*set-aside/u));

  await save('vad', true);
  await save('demux', true);
  await save('asr', false);
  t.equal(await lastCompleted(job), 'vad', 'by the order of stages, not by time or name');
  t.equal(await clearCheckpoints(job, 'vad'), 1);
  t.equal(await lastCompleted(job), 'demux');
});

void t.test(
  'when a lock’s holder is alive, a second one is refused; a dead one is replaced',
  async (t) => {
    const path = join(t.testdir(), 'job.lock');
    const refuse = (holder: string): CpwError =>
      new CpwError('CPW_INVALID_OPTIONS', `held by ${holder}`);
    await withLock(path, { beatMs: 50 }, async () => {
      await t.rejects(
        withLock(path, { refuse }, async () => 'never'),
        { message: /held by .*process/u },
      );
    });
    // Another host's: its process number says nothing here, only its signs of life do.
    writeFileSync(path, 'token\nelsewhere, process 1\n\n1\n');
    let beats = 0;
    const wait = async (): Promise<void> => {
      beats += 1;
      if (beats < 5) utimesSync(path, new Date(beats * 1000), new Date(beats * 1000));
    };
    await t.rejects(
      withLock(path, { refuse, wait }, async () => 'never'),
      { message: /elsewhere/u },
    );
    const taken = withLock(path, { refuse, staleMs: 0 }, async (hold) => {
      await hold.check();
      writeFileSync(path, 'another\nelsewhere, process 2\n\n2\n');
      await t.rejects(hold.check(), { message: /Another process took over/u });
      return 'taken';
    });
    t.equal(await taken, 'taken');
    t.match(readFileSync(path, 'utf8'), /^another/u, "another's lock stays");
  },
);

void t.test('when a title is anything at all, a job’s files stay in its folder', async (t) => {
  const jobsDir = join(t.testdir(), 'jobs');
  const titles = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(titles, titles, async (title, user) => {
      const input = join(t.testdirName, title.replaceAll('/', '\u2215'));
      const job = await createJob(jobsDir, { workflow: 'transcribe', input, user });
      const inside = relative(jobsDir, job.folder).split('/');
      t.equal(inside.length, 5);
      t.notOk(inside.includes('..'));
      t.notOk(job.request.stem.includes('/') || job.request.stem.includes('..'));
      t.equal((await openJob(jobsDir, job.request.id)).folder, job.folder);
      return true;
    }),
    { numRuns: 40 },
  );
});

void t.test('when a job is named by its number, it is opened where one alone has it', async (t) => {
  const jobsDir = join(t.testdir(), 'jobs');
  const input = join(t.testdirName, 'talk.wav');
  const on = (day: number, user = 'anna') =>
    createJob(jobsDir, { workflow: 'transcribe', input, user, now: new Date(2026, 0, day) });
  const first = await on(1);
  t.equal((await openJob(jobsDir, '1')).folder, first.folder);
  const second = await on(1);
  t.equal((await openJob(jobsDir, '2')).folder, second.folder);
  await on(2);
  await t.rejects(openJob(jobsDir, '1'), { message: /name one of .*01\/01.*01\/02/u });
  await t.rejects(openJob(jobsDir, '12'), { code: 'CPW_FILE_NOT_FOUND' });
});

void t.test('when results are delivered, a file that exists is not replaced unasked', async (t) => {
  const folder = t.testdir({ 'a.srt': 'new', out: { 'a.srt': 'old' } });
  const files = [{ name: 'a.srt', path: join(folder, 'a.srt'), about: {} }];
  const outputDir = join(folder, 'out');
  await t.rejects(deliver(files, { outputDir, overwrite: false }), { message: /exists already/u });
  t.equal(readFileSync(join(outputDir, 'a.srt'), 'utf8'), 'old');
  await deliver(files, { outputDir, overwrite: true });
  t.equal(readFileSync(join(outputDir, 'a.srt'), 'utf8'), 'new');
  await deliver(files, { outputDir, overwrite: false });
  t.pass('what an earlier run has brought there is no obstacle');
  await deliver(files, { outputDir: join(folder, 'deep', 'new'), overwrite: false });
  t.strictSame(readdirSync(join(folder, 'deep', 'new')), ['a.srt']);
});

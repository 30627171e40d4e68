import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { z } from 'zod';
import { CpwError, errorCodes } from '../../src/errors.js';
import { faultOptionsSchema } from '../../src/options/faults.js';
import { retryTransient, type FailedAttempt } from '../../src/models/retry.js';
import { supervise } from '../../src/pipeline/supervise.js';
import * as artefacts from '../../src/stages/artefacts.js';
import { defineStage, type AnyStage } from '../../src/stages/stage.js';
import { scene } from '../helpers/pipeline-scene.js';
import { leftIn } from '../helpers/job-run.js';

const quick = { initialDelayS: 0.001, maxDelayS: 0.002, stopGraceS: 0.05 };
const never = new Promise<never>(() => undefined);
const passing = (): CpwError => new CpwError('CPW_DOWNLOAD_FAILED', 'the network was cut');

/** Takes the place of a stage that copies segments; `run` says what happens at each. */
function copying(
  atSegment: (id: number, context: { readonly signal: AbortSignal }) => Promise<void> | void,
  id = 'alignment',
): AnyStage {
  return defineStage({
    id,
    version: 9,
    inputs: { segments: artefacts.segments },
    outputs: { segments: artefacts.segments },
    options: z.strictObject({}),
    run: async ({ inputs, outputs, signal }) => {
      await outputs.segments.begin(await inputs.segments.head());
      for await (const segment of inputs.segments.items()) {
        await atSegment(segment.id, { signal });
        await outputs.segments.write(segment);
      }
      await outputs.segments.end(await inputs.segments.tail());
    },
  });
}

const lines: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] =
  [];
const logger = {
  info: () => undefined,
  warn: (fields: Readonly<Record<string, unknown>>, message: string) =>
    void (message.startsWith('Attempt') && lines.push({ fields, message })),
};

void t.test('when a stage fails for a passing reason, it begins anew after a pause', async (t) => {
  lines.length = 0;
  let left = 2;
  const stage = copying((id) => {
    if (id === 4 && left-- > 0) throw passing();
  });
  const { run, events, states } = scene(t, {}, { stages: [stage], faults: quick, logger });
  const { stages, files, job } = await run();
  t.equal(states()['alignment'], 'completed');
  t.equal(states()['export'], 'completed', 'what reads it waits for it');
  const retries = events.filter(({ type }) => type === 'retry');
  t.match(retries, [
    { stage: 'alignment', attempt: 1, attempts: 4, delayMs: Number, reason: 'the network was cut' },
    { stage: 'alignment', attempt: 2, attempts: 4 },
  ]);
  t.match(stages.get('alignment')?.warnings, [/attempt 1 of 4/u, /attempt 2 of 4/u]);
  const text = readFileSync(
    files('transcripts').find(({ name }) => name.endsWith('.txt'))?.path ?? '',
    'utf8',
  );
  t.equal(text, Array.from({ length: 10 }, (_, at) => `second ${at}\n`).join(''), 'once each');
  t.strictSame(leftIn(job.folder), [], 'and nothing half-written');
  t.match(lines[0], {
    message: /^Attempt 1\/4 failed, the next one begins in 0\.0 s: the network was cut$/u,
    fields: { stage: 'alignment', attempt: 1, delay_seconds: Number },
  });
});

void t.test('when the reason does not pass, or lasts, attempts end', async (t) => {
  lines.length = 0;
  const lasting = copying(() => Promise.reject(passing()), 'asr_copy');
  const stage = { ...lasting, after: 'asr' };
  const { run, states } = scene(
    t,
    {},
    { stages: [stage], faults: { ...quick, maxRetries: 2 }, logger },
  );
  await t.rejects(run(), { code: 'CPW_DOWNLOAD_FAILED', stage: 'asr_copy' });
  t.equal(states()['asr_copy'], 'failed');
  t.strictSame(
    lines.map(({ message }) => /^Attempt \d\/\d failed, [a-z ]+(?= \d|:)/u.exec(message)?.[0]),
    [
      'Attempt 1/3 failed, the next one begins in',
      'Attempt 2/3 failed, the next one begins in',
      'Attempt 3/3 failed, no more follows',
    ],
  );
  lines.length = 0;
  const fail = (): never => {
    throw new CpwError('CPW_INFERENCE_FAILED', 'out of luck');
  };
  await t.rejects(scene(t, { fail }, { faults: quick, logger }).run(), { message: 'out of luck' });
  t.match(lines, [
    { message: /^Attempt 1\/4 failed, not retrying, since the failure is permanent/u },
  ]);
});

void t.test(
  'when a model cannot be fetched for a passing reason, that is tried again',
  async (t) => {
    let left = 1;
    const engines = {
      recognizerIdentity: async (model: string) => {
        if (left-- > 0) throw passing();
        return { model };
      },
    };
    const { run, states, events } = scene(t, {}, { engines, faults: quick });
    await run();
    t.equal(states()['asr'], 'completed');
    t.match(
      events.filter(({ type }) => type === 'retry'),
      [{ stage: 'asr' }],
    );
  },
);

void t.test('when a run is aborted in a pause, it ends at once and can be resumed', async (t) => {
  const stop = new AbortController();
  let left = 1;
  const stage = copying((id) => {
    if (id === 0 && left-- > 0) throw passing();
  });
  const faults = { initialDelayS: 3600, maxDelayS: 3600 };
  const { pipeline, run } = scene(t, {}, { stages: [stage], faults });
  const onEvent = ({ type }: { readonly type: string }): void => {
    if (type === 'retry') stop.abort(new Error('enough'));
  };
  await t.rejects(run({}, { signal: stop.signal, onEvent }), { message: 'enough' });
  const [job] = await pipeline.list();
  const { stages } = await pipeline.resume(job?.request.id ?? '');
  t.equal(stages.get('alignment')?.status, 'completed');
});

void t.test('when a stage hangs, it is stopped, and the error says what and when', async (t) => {
  const faults = { ...quick, stallS: 0.1 };
  const hangs = copying(async (id, { signal }) => {
    if (id < 5) return;
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }, 'asr_copy');
  const { run, pipeline, states } = scene(t, {}, { stages: [{ ...hangs, after: 'asr' }], faults });
  await t.rejects(run(), {
    code: 'CPW_INFERENCE_FAILED',
    transient: false,
    stage: 'asr_copy',
    message: /asr_copy is stuck: it gave no sign of life for 0\.1 s .*Next step/u,
  });
  t.equal(states()['export'], 'interrupted', 'what waits for it is not called stuck');
  t.equal(pipeline.abandoned, 0);
});

void t.test('when a stage does not even hear the signal, the run ends without it', async (t) => {
  const faults = { ...quick, stallS: 0.1 };
  let go = (): void => undefined;
  const late: unknown[] = [];
  const deaf = copying(async (id) => {
    if (id === 5) await new Promise<void>((resolve) => (go = resolve));
  }, 'asr_copy');
  let onEnd = (): void => undefined;
  const ended = new Promise<void>((resolve) => (onEnd = resolve));
  const noted = {
    ...deaf,
    after: 'asr',
    run: (context: Parameters<AnyStage['run']>[0]) =>
      deaf.run(context).catch((error: unknown) => {
        late.push(error);
        onEnd();
        throw error;
      }),
  };
  const { run, pipeline, events } = scene(t, {}, { stages: [noted], faults });
  await t.rejects(run(), { stage: 'asr_copy', message: /is stuck/u });
  t.equal(pipeline.abandoned, 1);
  t.match(events.filter(({ type }) => type === 'warning').at(-1), { message: /left behind/u });
  const [job] = await pipeline.list();
  const before = readdirSync(join(job?.folder ?? '', '06_asr_copy'));
  go();
  await ended;
  t.match(late, [{ message: /is stuck/u }], 'it may not write any more');
  t.strictSame(readdirSync(join(job?.folder ?? '', '06_asr_copy')), before);
});

void t.test('when a user aborts a run whose stage is deaf, the run ends too', async (t) => {
  const stop = new AbortController();
  const deaf = copying(() => never);
  const { run, pipeline } = scene(t, {}, { stages: [deaf], faults: quick });
  const onEvent = (event: { readonly type: string; readonly stage?: string }): void => {
    if (event.type === 'stage' && event.stage === 'alignment') stop.abort(new Error('enough'));
  };
  await t.rejects(run({}, { signal: stop.signal, onEvent }), { message: 'enough' });
  await pipeline.close();
});

void t.test(
  'when a stage works longer than its limit, the error names stage and limit',
  async (t) => {
    const slow = copying((id, { signal }) => {
      if (id > 0) return undefined;
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    }, 'asr_copy');
    // Ten seconds of sound: 1 s, and 0.05 s for each.
    const faults = { ...quick, stageTimeoutS: 1, stageTimeoutFactor: 0.05 };
    const { run } = scene(t, {}, { stages: [{ ...slow, after: 'asr' }], faults });
    await t.rejects(run(), {
      stage: 'asr_copy',
      transient: false,
      message: /asr_copy took longer than its limit of 1\.5 s \(stageTimeoutS/u,
    });
  },
);

void t.test(
  'when work is supervised, signs of life keep it, and waiting is no silence',
  async (t) => {
    const options = { subject: 'work', stallS: 0.08, stopGraceS: 0 };
    const lives = supervise(async ({ beat }) => {
      for (let at = 0; at < 10; at += 1) {
        beat();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return 'done';
    }, options);
    t.equal(await lives, 'done');
    let waits = true;
    const waiting = supervise(() => new Promise((resolve) => setTimeout(resolve, 200, 'came')), {
      ...options,
      isWaiting: () => waits,
    });
    t.equal(await waiting, 'came');
    waits = false;
    await t.rejects(
      supervise(() => never, options),
      { message: /work is stuck/u },
    );
    const signal = AbortSignal.abort(new Error('before'));
    await t.rejects(
      supervise(() => never, { ...options, signal }),
      { message: 'before' },
    );
  },
);

void t.test('when attempts follow each other, pauses grow up to the longest', async (t) => {
  const options = faultOptionsSchema.parse({ maxRetries: 8, jitter: false });
  const name = 'hub';
  const failed: FailedAttempt[] = [];
  const waited: number[] = [];
  const wait = async (ms: number): Promise<void> => void waited.push(ms / 1000);
  const onFailed = (one: FailedAttempt): void => void failed.push(one);
  await t.rejects(
    retryTransient(() => Promise.reject(passing()), options, { name, wait, onFailed }),
  );
  const pauses = [1, 2, 4, 8, 16, 32, 60, 60];
  t.strictSame(waited, pauses);
  t.equal(failed.length, 9);
  waited.length = 0;
  const jittered = { ...options, jitter: true };
  await t.rejects(retryTransient(() => Promise.reject(passing()), jittered, { name, wait }));
  t.ok(waited.every((s, at) => s <= (pauses[at] ?? 0) && s >= (pauses[at] ?? 0) / 2));
  for (const error of [new Error('ours'), new CpwError('CPW_FILE_NOT_FOUND', 'gone')]) {
    let calls = 0;
    const work = (): Promise<never> => Promise.reject(((calls += 1), error));
    await t.rejects(retryTransient(work, options, { name, wait }), error);
    t.equal(calls, 1, 'what is not transient is not tried again');
  }
  t.strictSame(
    Object.entries(errorCodes).flatMap(([code, row]) => (row.transient ? [code] : [])),
    ['CPW_DOWNLOAD_FAILED'],
    'the table is read',
  );
});

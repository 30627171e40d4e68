import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { z } from 'zod';
import { CpwError } from '../../src/errors.js';
import type { RunContext } from '../../src/pipeline/pipeline.js';
import type { PipelineEvent } from '../../src/pipeline/pipeline-events.js';
import type { JsonArtefact } from '../../src/stages/artefact.js';
import * as artefacts from '../../src/stages/artefacts.js';
import { defineStage, type AnyStage } from '../../src/stages/stage.js';
import { wavOf } from '../helpers/media.js';
import type { Engines } from '../../src/stages/engines.js';
import { scene, statesOf } from '../helpers/pipeline-scene.js';
import { scriptedEngines } from '../helpers/scripted-engines.mjs';

const allKept = {
  glossary_load: 'skipped',
  demux: 'skipped',
  vad: 'kept',
  asr: 'kept',
  hallucination_removal: 'kept',
  alignment: 'kept',
  export: 'kept',
};

void t.test('when a job is resumed, only what has changed runs again', async (t) => {
  const { pipeline, input, run, calls } = scene(t);
  const { job } = await run({ asr: { model: 'base' } });
  const resume = async (context: RunContext = {}): Promise<Record<string, string>> => {
    const events: PipelineEvent[] = [];
    await pipeline.resume(job, { onEvent: (event) => void events.push(event), ...context });
    return statesOf(events);
  };
  t.strictSame(await resume(), allKept, 'nothing');
  t.equal(calls.recognizer, 1, 'and no model was loaded');

  const exported = join(job.folder, '13_export', 'talk.txt');
  writeFileSync(exported, 'something else');
  t.strictSame(await resume(), { ...allKept, export: 'completed' }, 'a file that was changed');
  t.match(readFileSync(exported, 'utf8'), 'second 3');

  const same = readFileSync(input);
  writeFileSync(input, same);
  t.strictSame(await resume(), allKept, 'a file of another date with the same content');

  writeFileSync(input, wavOf(new Int16Array(16_000 * 12)));
  const again = { ...allKept, vad: 'completed', asr: 'completed' };
  const after = { hallucination_removal: 'completed', alignment: 'completed', export: 'completed' };
  t.strictSame(await resume(), { ...again, ...after }, 'other sound');

  t.strictSame(await resume({ force: true, only: ['asr'] }), {
    vad: 'kept',
    asr: 'completed',
  });
  t.strictSame(await resume(), allKept, 'what came out the same changes nothing behind it');
});

void t.test(
  'when a stage of its selection lacks an input, a run says what to choose',
  async (t) => {
    const { pipeline, input } = scene(t);
    const job = await pipeline.create({ workflow: 'transcribe', input });
    await t.rejects(pipeline.resume(job, { only: ['alignment'] }), {
      code: 'CPW_INVALID_OPTIONS',
      stage: 'alignment',
      message: /needs segments of hallucination_removal.*--from hallucination_removal/u,
    });
    await t.rejects(pipeline.resume(job, { from: 'diarisation' }), {
      code: 'CPW_INVALID_OPTIONS',
      message: /diarisation has its place in the order and is not built yet/u,
    });
    await t.rejects(pipeline.resume(job, { from: 'export', to: 'vad' }), { message: /swap/u });
    await t.rejects(pipeline.resume(job, { only: ['asrr'] }), { message: /did you mean asr\?/u });
    const { stages } = await pipeline.resume(job, { to: 'asr' });
    t.strictSame([...stages.keys()], ['glossary_load', 'demux', 'vad', 'asr']);
    const rest = await pipeline.resume(job, { from: 'hallucination_removal' });
    t.equal(rest.files('transcripts').length, 5);
  },
);

void t.test('when nobody speaks, the stages behind are skipped with the reason', async (t) => {
  const { run, states } = scene(t, { silent: true });
  const { stages, files } = await run();
  t.equal(states()['asr'], 'skipped');
  t.equal(stages.get('asr')?.reason, 'no speech was found');
  t.equal(stages.get('export')?.reason, 'asr was skipped: no speech was found');
  t.strictSame(files('transcripts'), []);
});

void t.test(
  'when a required stage fails, the job stops, says where, and goes on later',
  async (t) => {
    let broken = true;
    const fail = (second: number): void => {
      if (broken && second === 7) throw new CpwError('CPW_INFERENCE_FAILED', 'out of luck');
    };
    const { pipeline, run, calls, events } = scene(t, { fail, windowMs: 40 });
    await t.rejects(run(), { code: 'CPW_INFERENCE_FAILED', stage: 'asr', message: 'out of luck' });
    t.equal(statesOf(events)['alignment'], 'interrupted');
    const [job] = await pipeline.list();
    t.ok(job);
    if (job === undefined) return;
    broken = false;
    const { stages, files } = await pipeline.resume(job);
    const { start, resumeS } = calls.transcribe.at(-1) ?? {};
    t.equal(start, 0, 'heard from the beginning, so that windows are what they were');
    t.ok(Number(resumeS) > 0, 'and decoded from the last finished one on');
    t.match(stages.get('asr')?.warnings, [/goes on at/u]);
    const text = readFileSync(
      files('transcripts').find(({ name }) => name.endsWith('.txt'))?.path ?? '',
      'utf8',
    );
    t.equal(
      text,
      Array.from({ length: 10 }, (_, at) => `second ${at}\n`).join(''),
      'whole, once each',
    );
  },
);

void t.test(
  'when an optional stage fails in the middle, the stages that read it begin anew',
  async (t) => {
    const failing = defineStage({
      id: 'hallucination_removal',
      version: 7,
      inputs: { segments: artefacts.heardSegments },
      outputs: { segments: artefacts.heardSegments },
      options: z.strictObject({}),
      run: async ({ inputs, outputs }) => {
        await outputs.segments.begin(await inputs.segments.head());
        for await (const segment of inputs.segments.items()) {
          if (segment.id === 4) throw new Error('it broke');
          await outputs.segments.write(segment);
        }
      },
    });
    const { run, states } = scene(t, { windowMs: 20 }, { stages: [failing] });
    const { stages, files } = await run();
    t.match(states(), {
      hallucination_removal: 'failed',
      alignment: 'completed',
      export: 'completed',
    });
    t.match(stages.get('hallucination_removal')?.errors, [{ message: /it broke/u }]);
    const text = readFileSync(files('transcripts')[0]?.path ?? '', 'utf8');
    t.equal(text.split('\n').length, 11, 'all ten seconds, from the stage before it');
  },
);

void t.test('when a stage breaks its contract, it is its failure', async (t) => {
  const wrong = (write: AnyStage['run']): AnyStage => ({
    id: 'alignment',
    version: 1,
    inputs: { segments: artefacts.heardSegments },
    outputs: { segments: artefacts.segments },
    options: z.strictObject({}),
    run: write,
  });
  const silent = scene(t, {}, { stages: [wrong(async () => undefined)] });
  const { stages } = await silent.run();
  t.match(stages.get('alignment')?.errors, [
    { code: 'CPW_INTERNAL', message: /end\(\) was not called/u },
  ]);
});

const chaptersArtefact: JsonArtefact<{ starts: number[] }> = {
  kind: 'json',
  name: 'chapters',
  file: 'chapters.json',
  schema: z.strictObject({ starts: z.array(z.number()) }),
};

void t.test(
  'when a stage of one’s own is added, it has its place, its folder and its condition',
  async (t) => {
    const chapters = defineStage({
      id: 'chapters',
      version: 1,
      after: 'alignment',
      inputs: { segments: artefacts.segments },
      outputs: { chapters: chaptersArtefact },
      options: z.strictObject({ shortestS: z.number().default(5) }),
      condition: async ({ inputs, options }) =>
        (await inputs.segments.tail()).duration < options.shortestS ? 'it is too short' : undefined,
      run: async ({ inputs, outputs }) => {
        const starts: number[] = [];
        for await (const { start } of inputs.segments.items()) starts.push(start);
        await outputs.chapters.write({ starts });
      },
    });
    const { run } = scene(t, {}, { stages: [chapters] });
    const { files, job } = await run();
    t.equal(files('chapters')[0]?.path, join(job.folder, '08_chapters', 'chapters.json'));
    const skipped = await run({ chapters: { shortestS: 60 } });
    t.equal(skipped.stages.get('chapters')?.reason, 'it is too short');
    await t.rejects(run({ chapters: { shortest: 60 } }), { message: /did you mean shortestS/u });
  },
);

void t.test(
  'when a run is aborted, it rejects with the reason, and is recorded as interrupted',
  async (t) => {
    const { pipeline, run } = scene(t, { windowMs: 50 });
    const stop = new AbortController();
    const reason = new Error('enough');
    const running = run(
      {},
      {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'progress' && event.stage === 'alignment') stop.abort(reason);
        },
      },
    );
    await t.rejects(running, reason);
    const [job] = await pipeline.list();
    const manifest = readFileSync(join(job?.folder ?? '', 'manifest.json'), 'utf8');
    t.match(JSON.parse(manifest), { stages: { asr: { status: 'interrupted', reason: 'enough' } } });
  },
);

void t.test(
  'when a stage has ended, its figures are logged, and a budget that it broke',
  async (t) => {
    const lines: { message: string; fields: Record<string, unknown> }[] = [];
    const logger = {
      info: (fields: object, message: string) =>
        void lines.push({ message, fields: { ...fields } }),
      warn: (fields: object, message: string) =>
        void lines.push({ message, fields: { ...fields } }),
    };
    const { run, input } = scene(t, { windowMs: 1 }, { logger });
    const { job } = await run({}, { correlationId: 'abc' });
    const of = (message: string): Record<string, unknown> | undefined =>
      lines.find((line) => line.message === message && line.fields['stage'] === 'asr')?.fields;
    t.match(of('Performance metrics'), {
      stage: 'asr',
      duration_seconds: Number,
      memory_mb: Number,
      timestamp: /^\d{4}-/u,
    });
    t.match(of('Processing complete'), {
      file: input,
      duration_seconds: Number,
      segments_count: 10,
      stage: 'asr',
      job_id: job.request.id,
      correlation_id: 'abc',
    });
  },
);

void t.test(
  'when sentences could not be translated, the job says how many and where',
  async (t) => {
    const { engines } = scriptedEngines();
    const translator: Engines['translator'] = async (...args) => ({
      ...(await engines.translator(...args)),
      translateBatch: async (texts) =>
        texts.map((text) => (text.includes('3') ? { text: '', problem: 'empty' } : { text })),
    });
    const asked: unknown[] = [];
    const translatorIdentity: Engines['translatorIdentity'] = async (model, _options, context) => {
      asked.push(context.mayFetch);
      return { model };
    };
    const more = { engines: { translator, translatorIdentity } };
    const { pipeline, input } = scene(t, { textOf: (at) => `Second ${at}.` }, more);
    const options = { translation: { targets: ['de', 'hi'] } };
    const { job, stages } = await pipeline.run({ workflow: 'translate', input, options });
    const { warnings = [] } = stages.get('translation') ?? {};
    t.strictSame(warnings, [
      'de: a sentence could not be translated (at 3.0 s); it stands in brackets',
      'hi: a sentence could not be translated (at 3.0 s); it stands in brackets',
    ]);

    asked.length = 0;
    await pipeline.plan(job);
    t.strictSame(asked, [false], 'a dry run fetches no translation model');
  },
);

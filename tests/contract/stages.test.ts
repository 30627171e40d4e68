import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Pipeline } from 'cpw-native';
import { chapters } from '../../examples/conditional-stage.js';
import { countWords, wordCount } from '../../examples/stage-template.js';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { probeStreams } from '../../src/media/probe-streams.js';
import { allStages } from '../../src/stages/all.js';
import type { Engines } from '../../src/stages/engines.js';
import { audioPath } from '../helpers/audio.js';
import { ffmpeg } from '../helpers/media.js';
import { scriptedEngines } from '../helpers/scripted-engines.mjs';
import { stageContract } from '../helpers/stage-contract.js';

const folder = t.testdir();
const film = join(folder, 'film.mkv');
await ffmpeg(
  '-f',
  'lavfi',
  '-i',
  'testsrc=size=64x48:rate=5:duration=8',
  '-f',
  'lavfi',
  '-i',
  'sine=frequency=220:duration=8',
  film,
);
const glossary = join(folder, 'terms.tsv');
writeFileSync(glossary, 'source\ttarget\nSecond\tSegundo\n');

const { engines, calls } = scriptedEngines({ windowMs: 1, textOf: (at) => `Second ${at}.` });
const filmNames: NonNullable<Engines['filmNames']> = async () => ({
  names: [{ forms: new Map([['en', ['Trinity']]]), from: 'TMDB' }],
  warnings: ['only one language was asked for'],
});

void t.test('when a film runs through all stages, each keeps the contract of stages', async (t) => {
  const pipeline = new Pipeline({
    jobsDir: join(folder, 'jobs'),
    engines: { ...engines, filmNames },
    stages: [wordCount, chapters],
  });
  t.teardown(() => pipeline.close());
  const options = {
    tmdb: { film: { title: 'The Matrix' } },
    glossary_load: { glossary: [glossary] },
    asr: { transcribe: { wordTimestamps: true } },
    translation: { targets: ['es', 'hi'] },
    chapters: { everyS: 3 },
  };
  const result = await pipeline.run({ workflow: 'subtitle', input: film, options });
  for (const stage of [...allStages, wordCount, chapters]) await stageContract(t, stage, result);

  for (const stage of ['asr', 'hallucination_removal', 'alignment']) {
    const output = result.stages.get(stage)?.outputs[0]?.path ?? '';
    const { segments } = parseTranscript(readFileSync(join(result.job.folder, output), 'utf8'));
    t.equal(segments.length, 8);
    for (const { start, end, text, confidence } of segments) {
      t.ok(start < end && text !== '' && confidence > 0, `${stage}: start, end, text, confidence`);
    }
  }
  t.match(calls.transcribe[0]?.hotwords, /Trinity.*Second/u, 'names and terms are expected');
  t.match(result.stages.get('tmdb')?.warnings, ['only one language was asked for']);
  const [muxed] = result.files('muxed');
  const tools = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
  const { streams } = await probeStreams(muxed?.path ?? '', tools, { name: 'film' });
  t.equal(streams.filter(({ kind }) => kind === 'subtitle').length, 3, 'source and two languages');
  t.strictSame(
    result.files('subtitles').map(({ name }) => name),
    ['film.en.srt', 'film.es.srt', 'film.hi.srt'],
  );
});

void t.test('when a condition says so, a stage is skipped, which its record says', async (t) => {
  const pipeline = new Pipeline({ jobsDir: join(folder, 'jobs'), engines, stages: [chapters] });
  t.teardown(() => pipeline.close());
  const { stages } = await pipeline.run({ workflow: 'transcribe', input: film });
  t.match(stages.get('chapters'), {
    status: 'skipped',
    reason: 'it lasts less than 300 s',
    outputs: [],
  });
});

const long = process.env['CPW_TEST_LONG'] === '1';
void t.test(
  'when the template is run as it stands, it counts the words of a recording',
  { skip: long ? false : 'CPW_TEST_LONG=1 runs it with a model' },
  async (t) => {
    const path = await countWords(audioPath('jfk.wav'), join(folder, 'counted'));
    t.match(JSON.parse(readFileSync(path ?? '', 'utf8')), { words: 22 });
  },
);

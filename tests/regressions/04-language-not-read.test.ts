import t from 'tap';
import { scene } from '../helpers/pipeline-scene.js';

// The forerunner's job had a language, and English audio was decoded as Hindi all the same.
void t.test(
  'when a job says its language, the recogniser is told and nothing is guessed',
  async (t) => {
    const { run, calls } = scene(t);
    const { files } = await run({ asr: { transcribe: { language: 'de' } } });
    t.equal(calls.detectLanguage, 0);
    t.equal(calls.transcribe[0]?.language, 'de');
    t.equal(files('transcripts')[0]?.about['language'], 'de');
  },
);

void t.test(
  'when a job leaves it open, it is decided once, also for a run that goes on',
  async (t) => {
    let broken = true;
    const fail = (second: number): void => {
      if (broken && second === 8) throw new Error('out of luck');
    };
    const { pipeline, run, calls } = scene(t, { fail, windowMs: 40 });
    await t.rejects(run());
    broken = false;
    const [job] = await pipeline.list();
    if (job === undefined) throw new Error('no job');
    await pipeline.resume(job);
    t.equal(calls.detectLanguage, 1, 'not decided anew in the middle of the recording');
    t.strictSame(
      calls.transcribe.map(({ language }) => language),
      ['en', 'en'],
    );
  },
);

void t.test('when a film is to be translated, Whisper is never asked to translate', async (t) => {
  const { pipeline, input } = scene(t);
  const options = { asr: { transcribe: { task: 'translate' } } };
  await t.rejects(pipeline.run({ workflow: 'subtitle', input, options }), {
    code: 'CPW_INVALID_OPTIONS',
    stage: 'asr',
    message: /cannot be used with the workflow subtitle/u,
  });
});

import { readFileSync } from 'node:fs';
import t from 'tap';
import type { LentTranslator } from '../../src/stages/engines.js';
import { scene } from '../helpers/pipeline-scene.js';

/** A translator that does with each text what it is told. */
function translator(one: (text: string) => string): () => Promise<LentTranslator> {
  return async () => ({
    translateBatch: async (texts) => texts.map((text) => ({ text: one(text) })),
    [Symbol.asyncDispose]: async () => undefined,
  });
}

const script = { seconds: 4, textOf: (second: number) => `Second ${second}.` };

// The forerunner returned the source text as its own translation after an error.
void t.test(
  'when a sentence cannot be translated, it is marked wherever it is shown',
  async (t) => {
    const engines = {
      translator: translator((text) =>
        text.includes('2') ? '' : text.replace('Second', 'Sekunde'),
      ),
    };
    const { pipeline, input } = scene(t, script, { engines });
    const options = {
      asr: { transcribe: { wordTimestamps: true } },
      translation: { targets: ['de', 'en'] },
      mux: { enabled: false },
    };
    const { files, stages } = await pipeline.run({ workflow: 'subtitle', input, options });
    const textOf = (artefact: string, name: string): string =>
      readFileSync(files(artefact).find((file) => file.name === name)?.path ?? '', 'utf8');
    t.equal(
      textOf('transcripts', 'talk.de.txt'),
      'Sekunde 0.\nSekunde 1.\n[Second 2.]\nSekunde 3.\n',
    );
    t.match(textOf('subtitles', 'talk.de.srt'), /\[Second 2\.\]/u);
    const json = JSON.parse(textOf('transcripts', 'talk.de.json')) as { segments: object[] };
    t.match(json.segments[2], { text: 'Second 2.', untranslated: true });
    t.strictSame(
      files('transcripts').filter(({ name }) => name.includes('.en.')),
      [],
      'the language that is spoken is not translated',
    );
    t.equal(stages.get('translation')?.status, 'completed');
  },
);

void t.test(
  'when the translator fails, the job fails: no text passes for a translation',
  async (t) => {
    const engines = {
      translator: translator(() => {
        throw new Error('out of luck');
      }),
    };
    const { pipeline, input } = scene(t, script, { engines });
    const options = { translation: { targets: ['de'] } };
    await t.rejects(pipeline.run({ workflow: 'translate', input, options }), {
      stage: 'translation',
      message: /out of luck/u,
    });
  },
);

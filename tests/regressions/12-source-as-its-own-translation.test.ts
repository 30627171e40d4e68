import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Segment } from '../../src/types.js';
import {
  translationStage,
  type SentenceTools,
  type TranslatedUnit,
} from '../../src/stages/translation.js';
import { scriptedEngines } from '../helpers/scripted-engines.mjs';
import { scene } from '../helpers/pipeline-scene.js';

interface Unit extends TranslatedUnit {
  readonly segment: Segment;
}

/** A sentence is a segment, and no translation is a sentence marked as that. */
const tools: SentenceTools<Unit> = {
  join: async function* join(segments) {
    for await (const segment of segments) {
      const { id, start, end, text } = segment;
      yield { id, start, end, text, segment };
    }
  },
  place: ({ segment }, { text }) => {
    const { words: _, ...rest } = segment;
    return text.trim() === '' ? { ...rest, untranslated: true } : { ...rest, text };
  },
};

void t.test(
  'when a sentence cannot be translated, it is marked wherever it is shown',
  async (t) => {
    const { engines } = scriptedEngines();
    const { pipeline, input } = scene(
      t,
      { seconds: 4 },
      {
        stages: [translationStage(tools)],
        engines: {
          ...engines,
          translator: async () => ({
            translateBatch: async (texts) =>
              texts.map((text) => ({
                text: text.endsWith('2') ? '' : text.replace('second', 'Sekunde'),
              })),
            [Symbol.asyncDispose]: async () => undefined,
          }),
        },
      },
    );
    const options = {
      translation: { targets: ['de', 'en'] },
      export: { formats: ['txt', 'json'] },
    };
    const { files, stages } = await pipeline.run({ workflow: 'translate', input, options });
    const textOf = (name: string): string =>
      readFileSync(files('transcripts').find((file) => file.name === name)?.path ?? '', 'utf8');
    t.equal(
      textOf('talk.de.txt'),
      'Sekunde 0\nSekunde 1\n[untranslated] second 2\nSekunde 3\n',
      'the mark stands where the text does',
    );
    t.equal(
      files('transcripts').some(({ name }) => name === 'talk.en.txt'),
      false,
      'nothing to translate',
    );
    t.equal(stages.get('translation')?.status, 'completed');
  },
);

void t.test(
  'when the translator fails, the job fails: no text passes for a translation',
  async (t) => {
    const { engines } = scriptedEngines();
    const { pipeline, input } = scene(
      t,
      {},
      {
        stages: [translationStage(tools)],
        engines: {
          ...engines,
          translator: async () => ({
            translateBatch: async () => {
              throw new Error('out of luck');
            },
            [Symbol.asyncDispose]: async () => undefined,
          }),
        },
      },
    );
    const options = { translation: { targets: ['de'] } };
    await t.rejects(pipeline.run({ workflow: 'translate', input, options }), {
      stage: 'translation',
      message: /out of luck/u,
    });
  },
);

// A stage of one's own, to begin with: copy it, rename it, and run the contract test on it
// (tests/contract/stages.test.ts).
import { Pipeline, stages, type JsonArtefact } from 'cpw-native';
import { z } from 'zod';

const wordCountSchema = z.strictObject({ words: z.int().min(0) });

/** What the stage hands on: a name by which others find it, a file, and its shape. */
export const wordCountArtefact: JsonArtefact<z.output<typeof wordCountSchema>> = {
  kind: 'json',
  name: 'word_count',
  file: 'word-count.json',
  schema: wordCountSchema,
};

/** Counts the words of the transcript. */
export const wordCount = stages.defineStage({
  id: 'word_count',
  // Raise it with every change that may change the result.
  version: 1,
  after: 'alignment',
  inputs: { segments: stages.artefacts.segments },
  outputs: { wordCount: wordCountArtefact },
  options: z.strictObject({}),
  run: async ({ inputs, outputs, progress }) => {
    let words = 0;
    // Each segment as soon as it is there: the stages before this one may still be running.
    for await (const { text, end } of inputs.segments.items()) {
      words += text.trim().split(/\s+/u).length;
      progress({ audioS: end, words });
    }
    await outputs.wordCount.write({ words });
  },
});

/** Runs it behind the built-in stages. */
export async function countWords(input: string, jobsDir: string): Promise<string | undefined> {
  const pipeline = new Pipeline({ jobsDir, stages: [wordCount] });
  try {
    const { files } = await pipeline.run({ workflow: 'transcribe', input });
    return files('word_count')[0]?.path;
  } finally {
    await pipeline.close();
  }
}

// A stage that runs only where it has something to do.
import { stages, type JsonArtefact } from 'cpw-native';
import { z } from 'zod';

const chaptersSchema = z.strictObject({
  chapters: z.array(z.strictObject({ start: z.number(), title: z.string() })),
});

export const chaptersArtefact: JsonArtefact<z.output<typeof chaptersSchema>> = {
  kind: 'json',
  name: 'chapters',
  file: 'chapters.json',
  schema: chaptersSchema,
};

/** A chapter begins with the first segment after every so many seconds. */
export const chapters = stages.defineStage({
  id: 'chapters',
  version: 1,
  after: 'alignment',
  inputs: { segments: stages.artefacts.segments },
  outputs: { chapters: chaptersArtefact },
  options: z.strictObject({
    everyS: z.number().min(1).default(300).describe('Seconds of a chapter'),
  }),
  // The reason is recorded in the manifest. Reading the tail waits for the end of the transcript.
  condition: async ({ inputs, options }) => {
    const { duration } = await inputs.segments.tail();
    return duration < options.everyS ? `it lasts less than ${options.everyS} s` : undefined;
  },
  run: async ({ inputs, outputs, options }) => {
    const found: { start: number; title: string }[] = [];
    for await (const { start, text } of inputs.segments.items()) {
      if (start >= found.length * options.everyS) found.push({ start, title: text.trim() });
    }
    await outputs.chapters.write({ chapters: found });
  },
});

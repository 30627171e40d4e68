import { hallucinationOptionsSchema } from '../options/stages.js';
import { loopsRemoved } from '../text/loops.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

/**
 * What nobody has said. The recogniser leaves out phrases and loops of its windows and says so; this
 * looks over the borders of windows, and keeps all that was left out, with reasons, in its output.
 */
export const hallucinationRemoval = defineStage({
  id: 'hallucination_removal',
  version: 1,
  inputs: { segments: artefacts.heardSegments },
  outputs: { segments: artefacts.heardSegments },
  options: hallucinationOptionsSchema,
  condition: ({ options }) => (options.enabled ? undefined : 'it is switched off'),
  run: async ({ options, inputs, outputs, progress }) => {
    const { segments } = inputs;
    await outputs.segments.begin(await segments.head());
    const removed: NonNullable<artefacts.SegmentsTail['removed']> = [];
    let id = 0;
    for await (const one of loopsRemoved(segments.items(), options)) {
      if ('reason' in one) removed.push(one);
      else {
        await outputs.segments.write({ ...one, id });
        id += 1;
        progress({ audioS: one.end });
      }
    }
    const { removed: earlier = [], ...tail } = await segments.tail();
    const all = [...earlier, ...removed].sort((a, b) => a.start - b.start);
    await outputs.segments.end({ ...tail, ...(all.length === 0 ? {} : { removed: all }) });
  },
});

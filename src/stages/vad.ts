import { vadStageOptionsSchema } from '../options/stages.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

/** Where somebody speaks. The recogniser listens for itself; this tells the stages beside it. */
export const vad = defineStage({
  id: 'vad',
  version: 1,
  inputs: { audio: artefacts.audio },
  outputs: { speech: artefacts.speech },
  options: vadStageOptionsSchema,
  parameters: ({ vad: options, start, end }) => ({ vad: options, start, end }),
  condition: ({ options }) => (options.vad === false ? 'speech detection is off' : undefined),
  run: async ({ options, inputs, outputs, engines, signal, warn, progress }) => {
    const { vad: found, recognizer, start, end, ffmpeg } = options;
    if (found === false) return { skipped: 'speech detection is off' };
    await using detector = await engines.detector(recognizer, { signal });
    const { audio } = inputs;
    const spans = await detector.detectSpeech(
      audio.path ?? audio.bytes(),
      { ...found, start, end, ffmpeg },
      { signal, onNote: warn, onProgress: (fraction) => progress({ fraction }) },
    );
    await outputs.speech.write({ segments: spans.map((span) => ({ ...span })) });
    return undefined;
  },
});

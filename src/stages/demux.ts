import { demuxSound, isDecodedHere } from '../media/demux.js';
import { pcmBytes, wavHeader } from '../media/wav-header.js';
import { demuxOptionsSchema } from '../options/stages.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

const samplesPerSecond = 16_000;
/** What a chunk of a pipe can hold, with the rest of the one before it. */
const mostSamples = 32_768;

/**
 * The sound of the media as a WAV file of 16 kHz, mono: WAV, since it can be read from any place,
 * and while it is still being written. A file that the addon decodes itself is not copied; neither
 * are channels that are to be read apart, which one mono file cannot hold.
 */
export const demux = defineStage({
  id: 'demux',
  version: 1,
  inputs: { media: artefacts.media },
  outputs: { audio: artefacts.audio },
  options: demuxOptionsSchema,
  // ffmpeg's place changes nothing.
  parameters: ({ audioTrack, channels }) => ({ audioTrack, channels }),
  condition: async ({ options, job, signal }) => {
    if (options.channels === 'split') return 'the channels are read apart, from the media itself';
    if (options.audioTrack !== undefined || !(await isDecodedHere(job.input, signal))) {
      return undefined;
    }
    return 'the addon decodes the file itself';
  },
  run: async ({ job, options, outputs, signal, warn, progress }) => {
    const sound = await demuxSound(job.input, options, { signal, onNote: warn });
    const { durationS } = sound;
    let samples = 0;
    const memory = Buffer.allocUnsafeSlow(2 * mostSamples);
    try {
      await outputs.audio.append(wavHeader());
      for await (const chunk of sound.samples) {
        signal.throwIfAborted();
        await outputs.audio.append(pcmBytes(chunk, memory));
        samples += chunk.length;
        const audioS = samples / samplesPerSecond;
        const fraction = durationS === undefined ? undefined : Math.min(1, audioS / durationS);
        progress({ audioS, fraction });
      }
    } finally {
      await sound.stop();
    }
    await outputs.audio.patch(0, wavHeader(samples * 2));
  },
});

import { mux as muxFiles, planMux } from '../media/mux.js';
import { muxStageOptionsSchema } from '../options/stages.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';

/** `<stem>.subtitled.<container>`: the media with a soft track for each language, streams copied. */
export const mux = defineStage({
  id: 'mux',
  version: 1,
  inputs: { media: artefacts.media, subtitles: artefacts.subtitles, segments: artefacts.segments },
  outputs: { muxed: artefacts.muxed },
  options: muxStageOptionsSchema,
  // ffmpeg's place changes nothing, and the output is the job's own.
  parameters: ({ muxer: { container, defaultTrack, dropIncompatible } }) => ({
    container,
    defaultTrack,
    dropIncompatible,
  }),
  condition: ({ options }) => (options.enabled ? undefined : 'it is switched off'),
  run: async ({ options, job, inputs, outputs, signal, warn, progress }) => {
    const files = await inputs.subtitles.list();
    const languages = new Set(files.map(({ about }) => about['language']));
    // One track a language, in the first of its forms.
    const tracks = [...languages].flatMap((language = 'und') => {
      const file = files.find(({ about }) => about['language'] === language);
      return file === undefined ? [] : [{ path: file.path, language }];
    });
    // What is written is beside, under a name that nobody has.
    const muxer = { ...options.muxer, overwrite: true };
    const plan = await planMux(job.input, tracks, { options: muxer, signal });
    const file = outputs.muxed.reserve(`${job.stem}.subtitled.${plan.container}`);
    const onProgress = (fraction: number): void => progress({ fraction });
    await muxFiles(plan, file.path, { options: muxer, signal, onProgress, onNote: warn });
    await file.publish();
    progress({ audioS: (await inputs.segments.tail()).duration });
  },
});

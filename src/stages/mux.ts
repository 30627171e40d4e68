import { muxStageOptionsSchema } from '../options/stages.js';
import * as artefacts from './artefacts.js';
import { defineStage, type AnyStage } from './stage.js';

/** A subtitle file and its language. */
export interface SubtitleFile {
  readonly path: string;
  readonly language: string;
}

/** What brings media and subtitles together. */
export interface Muxer<Plan extends { readonly container: string }> {
  plan(
    media: string,
    tracks: readonly SubtitleFile[],
    context: {
      readonly options: Readonly<Record<string, unknown>>;
      readonly signal: AbortSignal;
    },
  ): Promise<Plan>;
  /** Writes the file at `output`, which does not exist. */
  mux(
    plan: Plan,
    output: string,
    context: {
      readonly options: Readonly<Record<string, unknown>>;
      readonly signal: AbortSignal;
      readonly onProgress: (fraction: number) => void;
      readonly onNote: (text: string) => void;
    },
  ): Promise<unknown>;
}

/** `<stem>.subtitled.<container>`: the media with a soft track for each language, streams copied. */
export function muxStage<Plan extends { readonly container: string }>(
  muxer: Muxer<Plan>,
): AnyStage {
  return defineStage({
    id: 'mux',
    version: 1,
    inputs: {
      media: artefacts.media,
      subtitles: artefacts.subtitles,
      segments: artefacts.segments,
    },
    outputs: { muxed: artefacts.muxed },
    options: muxStageOptionsSchema,
    condition: ({ options }) => (options.enabled ? undefined : 'it is switched off'),
    run: async ({ options, job, inputs, outputs, signal, warn, progress }) => {
      const tracks = (await inputs.subtitles.list())
        .filter(({ about }) => about['format'] === 'srt')
        .map(({ path, about }) => ({ path, language: about['language'] ?? 'und' }));
      const given = { options: options.muxer, signal };
      const plan = await muxer.plan(job.input, tracks, given);
      const file = outputs.muxed.reserve(`${job.stem}.subtitled.${plan.container}`);
      const onProgress = (fraction: number): void => progress({ fraction });
      await muxer.mux(plan, file.path, { ...given, onProgress, onNote: warn });
      await file.publish();
      progress({ audioS: (await inputs.segments.tail()).duration });
    },
  });
}

import { z } from 'zod';
import { mediaShape } from './media.js';
import { outputOptionsSchema } from './output.js';

/** The containers that a muxed file can have; also its extension. */
export const containerNames = ['mp4', 'm4v', 'mov', 'mkv', 'webm'] as const;
/** One of {@link containerNames}. */
export type ContainerName = (typeof containerNames)[number];

/** How media and subtitle files become one file. */
export const muxOptionsSchema = z.strictObject({
  container: z
    .enum(['auto', ...containerNames])
    .default('auto')
    .describe(
      "Container of the muxed file. auto: the input's own where that takes all of it, else mkv, " +
        'which is said',
    )
    .meta({ group: 'Mux' }),
  defaultTrack: z
    .string()
    .regex(
      /^(first|none|[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*)$/u,
      'is neither first, none nor a language code, e.g. es',
    )
    .default('first')
    .describe(
      'The one subtitle track that players show unasked: first (of those that are added), or a ' +
        'language among them. none: no flag is set, and those of existing tracks stay',
    )
    .meta({ group: 'Mux' }),
  dropIncompatible: z
    .boolean()
    .default(false)
    .describe(
      'With a container that was named: leave out what it cannot carry, such as pictures for ' +
        'subtitles or attachments in mp4, and say so. false: refuse',
    )
    .meta({ group: 'Mux' }),
  overwrite: outputOptionsSchema.shape.overwrite,
  ffmpeg: mediaShape.ffmpeg,
});

/** Options of the muxer, every one of them optional. */
export type MuxOptions = z.input<typeof muxOptionsSchema>;
/** {@link MuxOptions} with every default filled in. */
export type ParsedMuxOptions = z.output<typeof muxOptionsSchema>;

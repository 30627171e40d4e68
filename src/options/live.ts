import { z } from 'zod';

const group = 'Live captions';

/** What the server takes on of live captions. */
export const liveOptionsSchema = z.strictObject({
  maxSessions: z
    .int32()
    .min(0)
    .max(1024)
    .default(2)
    .describe('Streams captioned at the same time; more are refused. 0: none is taken')
    .meta({ group }),
  maxSessionS: z
    .number()
    .min(1)
    .max(86_400)
    .default(4 * 3600)
    .describe(
      'Longest stream, in s of audio and of time; then it is ended as if it had come to its end',
    )
    .meta({ group }),
  idleS: z
    .number()
    .min(1)
    .max(3600)
    .default(30)
    .describe('A stream that brings no audio for so long, in s, is ended')
    .meta({ group }),
  endSilenceMs: z
    .int32()
    .min(250)
    .max(10_000)
    .default(600)
    .describe('Silence that ends a segment, in ms')
    .meta({ group }),
  maxSegmentS: z
    .number()
    .min(2)
    .max(28)
    .default(15)
    .describe('Longest segment, in s; longer speech is cut at its quietest place')
    .meta({ group }),
  stepS: z
    .number()
    .min(0.1)
    .max(10)
    .default(0.5)
    .describe('Speech is decoded anew after so many s of audio, later where the engine is busy')
    .meta({ group }),
});

/** {@link liveOptionsSchema} with every default filled in. */
export type ParsedLiveOptions = z.output<typeof liveOptionsSchema>;

import { z } from 'zod';

/** `90.5`, `1:30.5` or `0:01:30.5` as seconds; undefined for anything else. */
function secondsOf(text: string): number | undefined {
  const parts = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?|\.\d+)$/u.exec(text.trim());
  if (!parts) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  // Only the first part may count beyond its unit: 90:00 is an hour and a half.
  if (parts[1] !== undefined && Number(minutes) >= 60) return undefined;
  if (parts[2] !== undefined && Number(seconds) >= 60) return undefined;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

const longestS = 1e7;

const timeSchema = z.union([z.number(), z.string()]).transform((given, context) => {
  const seconds = typeof given === 'number' ? given : secondsOf(given);
  if (seconds !== undefined && seconds >= 0 && seconds <= longestS) return seconds;
  context.issues.push({
    code: 'custom',
    input: given,
    message: `${JSON.stringify(given)} is not a time; give seconds or [hh:]mm:ss, e.g. 90.5 or 1:30.5`,
  });
  return z.NEVER;
});

/** What is read of a recording, and by what; part of the options of every call that takes audio. */
export const mediaShape = {
  start: timeSchema
    // Not default(): see `vad` in transcribe.ts.
    .prefault(0)
    .describe(
      'Where to begin, in s or as [hh:]mm:ss[.fraction], exact to a sample; results keep the ' +
        'times of the whole recording. 0: at its beginning',
    )
    .meta({ group: 'Input' }),
  end: timeSchema
    .optional()
    .describe('Where to stop, as start; beyond the end is no mistake. Unset: at the end')
    .meta({ group: 'Input' }),
  audioTrack: z
    .union([
      z.int32().min(1).max(1000),
      z
        .string()
        .regex(
          /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/u,
          'is neither a number from 1 on nor a language code, e.g. en',
        ),
    ])
    .optional()
    .describe(
      'Audio track of a file that has several: its number, counted from 1, or its language. ' +
        'Unset: the one the file marks as default, else the first',
    )
    .meta({ group: 'Input' }),
  ffmpeg: z
    .string()
    .min(1, 'is empty; name the program, e.g. /usr/bin/ffmpeg')
    .default('ffmpeg')
    .describe(
      'The ffmpeg program, by path or by its name in PATH, ffprobe beside it; reads what is ' +
        'not WAV, FLAC, MP3 or Ogg Vorbis',
    )
    .meta({ group: 'Input' }),
};

/** The check that belongs to {@link mediaShape}: a clip has a length. */
export function checkClip(context: {
  readonly value: { readonly start: number; readonly end?: number | undefined };
  readonly issues: z.core.$ZodRawIssue[];
}): void {
  const { start, end } = context.value;
  if (end === undefined || start < end) return;
  context.issues.push({
    code: 'custom',
    input: end,
    path: ['end'],
    message: `${end} s is not after start, ${start} s; give a later end or an earlier start`,
  });
}

/** {@link mediaShape} as a schema of its own, for calls that take a recording and little else. */
export const mediaOptionsSchema = z.strictObject(mediaShape).check(checkClip);

/** Which part of a recording is read, and how. */
export type MediaOptions = z.input<typeof mediaOptionsSchema>;
/** {@link MediaOptions} with every default filled in and times in seconds. */
export type ParsedMediaOptions = z.output<typeof mediaOptionsSchema>;

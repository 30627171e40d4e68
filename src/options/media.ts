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

/** A stretch of a recording, in seconds; without `end` up to the recording's. */
export interface Clip {
  readonly start: number;
  readonly end?: number | undefined;
}

const clipSchema = z
  .union([z.string(), z.strictObject({ start: timeSchema, end: timeSchema.optional() })])
  .transform((given, context): Clip => {
    const clip = typeof given === 'string' ? clipOf(given) : given;
    if (clip !== undefined) return clip;
    context.issues.push({
      code: 'custom',
      input: given,
      message:
        `${JSON.stringify(given)} is not a clip; give start-end, each in s or as [hh:]mm:ss, ` +
        'e.g. 1:05-1:30',
    });
    return z.NEVER;
  });

/** `10-1:30` or `10-`; undefined for anything else. */
function clipOf(text: string): Clip | undefined {
  const [from = '', to, ...more] = text.split('-');
  const start = secondsOf(from);
  if (start === undefined || to === undefined || more.length > 0) return undefined;
  if (to.trim() === '') return { start };
  const end = secondsOf(to);
  return end === undefined ? undefined : { start, end };
}

/** Several parts of a recording at once, for calls that take them. */
export const clipsShape = {
  clips: z
    .array(clipSchema)
    .min(1)
    .max(10_000)
    .optional()
    .describe(
      'Parts to read, in the place of start and end: start-end, each as start, in order and apart ' +
        'from each other, e.g. 10-20,1:05-1:30; the last may leave out its end. No text reaches ' +
        'over a gap, and times stay those of the whole recording. Unset: all is read',
    )
    .meta({ group: 'Input' }),
};

/** Whether the channels of a recording are speakers of their own. */
export const channelsShape = {
  channels: z
    .enum(['mix', 'split'])
    .default('mix')
    .describe(
      'mix transcribes all channels as one. split transcribes each on its own, for recordings ' +
        'with a speaker on each channel; segments then tell their channel, and the work grows ' +
        'with the number of channels',
    )
    .meta({ group: 'Input' }),
};

interface ClipContext {
  readonly value: Clip & { readonly clips?: readonly Clip[] | undefined };
  readonly issues: z.core.$ZodRawIssue[];
}

/** The check that belongs to {@link mediaShape}: a clip has a length. */
export function checkClip(context: ClipContext): void {
  const { start, end, clips } = context.value;
  if (clips !== undefined) return checkClips(clips, context);
  if (end === undefined || start < end) return;
  context.issues.push({
    code: 'custom',
    input: end,
    path: ['end'],
    message: `${end} s is not after start, ${start} s; give a later end or an earlier start`,
  });
}

/** Each has a length, none begins before the one before it ends, and nothing else is asked for. */
function checkClips(clips: readonly Clip[], { value, issues }: ClipContext): void {
  const refuse = (message: string): void => {
    issues.push({ code: 'custom', input: clips, path: ['clips'], message });
  };
  if (value.start > 0 || value.end !== undefined) {
    refuse('cannot be given together with start or end; leave out one or the other');
  }
  for (const [index, clip] of clips.entries()) {
    const name = nameOf(clip, index);
    const before = clips[index - 1];
    if (clip.end !== undefined && clip.end <= clip.start) {
      refuse(`${name} does not end after its start; give a later end`);
    } else if (clip.end === undefined && index < clips.length - 1) {
      refuse(`${name} has no end, which only the last one may leave out`);
    } else if (before?.end !== undefined && clip.start < before.end) {
      refuse(
        `${name} begins before ${nameOf(before, index - 1)} ends; give them in order and apart`,
      );
    }
  }
}

function nameOf({ start, end }: Clip, index: number): string {
  return `clip ${index + 1} (${start}-${end ?? ''} s)`;
}

/** {@link mediaShape} as a schema of its own, for calls that take a recording and little else. */
export const mediaOptionsSchema = z.strictObject(mediaShape).check(checkClip);

/** Which part of a recording is read, and how. */
export type MediaOptions = z.input<typeof mediaOptionsSchema>;
/** {@link MediaOptions} with every default filled in and times in seconds. */
export type ParsedMediaOptions = z.output<typeof mediaOptionsSchema>;

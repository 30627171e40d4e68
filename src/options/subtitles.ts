import { z } from 'zod';

/** The reading speed aimed at, in characters a second, of a call that leaves it unset. */
const targetWhenUnset = 15;
const group = 'Subtitles';

/** The rules by which words become cues, and by which cues are checked. */
export const subtitleOptionsSchema = z
  .strictObject({
    lineWidth: z
      .int32()
      .min(10)
      .max(200)
      .default(42)
      .describe('Most characters on a line; a Chinese, Japanese or Korean one counts two')
      .meta({ group }),
    lines: z.int32().min(1).max(2).default(2).describe('Most lines that a cue has').meta({ group }),
    minDurationS: z
      .number()
      .min(0)
      .max(10)
      .default(1)
      .describe('A cue is shown for at least this long, in s, where there is room; 0 for any time')
      .meta({ group }),
    maxDurationS: z
      .number()
      .min(1)
      .max(60)
      .default(7)
      .describe('A cue is shown for at most this long, in s')
      .meta({ group }),
    readingSpeed: z
      .number()
      .min(5)
      .max(100)
      .default(17)
      .describe('Most characters a second, counted as for lineWidth, where time allows')
      .meta({ group }),
    targetReadingSpeed: z
      .number()
      .min(5)
      .max(100)
      .optional()
      .describe(
        'Characters a second that are aimed at; cues stay into silence for it. ' +
          `Unset: ${targetWhenUnset}, or readingSpeed where that is lower`,
      )
      .meta({ group }),
    mergeGapS: z
      .number()
      .min(0)
      .max(10)
      .default(1.5)
      .describe('Words this far apart, in s, may share a cue; 0 parts them at every pause')
      .meta({ group }),
    gapMs: z
      .int32()
      .min(0)
      .max(1000)
      .default(100)
      .describe('Time between two cues, in ms; 0 lets them touch')
      .meta({ group }),
  })
  .check(({ value, issues }) => {
    const refuse = (path: string, message: string): void => {
      issues.push({ code: 'custom', input: value, path: [path], message });
    };
    const { targetReadingSpeed = 0 } = value;
    if (targetReadingSpeed > value.readingSpeed) {
      refuse(
        'targetReadingSpeed',
        `${targetReadingSpeed} is above readingSpeed (${value.readingSpeed}); lower it or raise readingSpeed`,
      );
    }
    if (value.minDurationS > value.maxDurationS) {
      refuse(
        'minDurationS',
        `${value.minDurationS} is above maxDurationS (${value.maxDurationS}); lower it or raise maxDurationS`,
      );
    }
  })
  .transform((rules) => ({
    ...rules,
    targetReadingSpeed: rules.targetReadingSpeed ?? Math.min(targetWhenUnset, rules.readingSpeed),
  }));

/** Options of the subtitles, every one of them optional. */
export type SubtitleOptions = z.input<typeof subtitleOptionsSchema>;
/** {@link SubtitleOptions} with every default filled in. */
export type ParsedSubtitleOptions = z.output<typeof subtitleOptionsSchema>;

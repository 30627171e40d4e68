import type { SubtitleOptions } from '../options/subtitles.js';
import type { Cue } from './cue.js';
import { CueBuilder, type CueContext } from './cue-builder.js';
import type { ShownSegment } from './tokens.js';

/**
 * The cues of segments by the rules of `options`: of all ways to break the words the one with the
 * least against it. Rules that no way can keep are told by {@link checkCues}. People on different
 * channels may talk at once; cues of one voice never overlap. Throws CPW_INVALID_OPTIONS.
 */
export function cuesOf(
  segments: readonly ShownSegment[],
  options: SubtitleOptions = {},
  context: CueContext = {},
): readonly Cue[] {
  const builder = new CueBuilder(options, context);
  return [...segments.flatMap((segment) => builder.add(segment)), ...builder.end()];
}

/** Like {@link cuesOf}, of segments that are still coming. */
export async function* streamCues(
  segments: AsyncIterable<ShownSegment> | Iterable<ShownSegment>,
  options: SubtitleOptions = {},
  context: CueContext = {},
): AsyncGenerator<Cue, void, undefined> {
  const builder = new CueBuilder(options, context);
  for await (const segment of segments) yield* builder.add(segment);
  yield* builder.end();
}

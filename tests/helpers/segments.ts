import type { SegmentItem } from '../../src/stages/artefacts.js';
import type { Segment } from '../../src/types.js';

/** Everything that an iterable gives. */
export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** A segment of half a second at the second of its number. */
export const segment = (id: number, more: Partial<Segment> = {}): SegmentItem => ({
  id,
  start: id,
  end: id + 0.5,
  text: `segment ${id}`,
  avgLogprob: -0.2,
  noSpeechProb: 0.1,
  confidence: 0.8,
  compressionRatio: 1,
  temperature: 0,
  pass: 'first',
  ...(more as Partial<SegmentItem>),
});

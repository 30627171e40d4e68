import type { RemovedText, Segment } from '../types.js';

const reason = 'a loop: the same text in three or more segments in a row';
// Characters a second. Quick speech has 20; "na na na", as fast as it can be sung, 18.
const impossiblePace = 25;
// Mean natural-log probabilities, as the recogniser judges its own windows.
const unlikely = -1;
const lessLikely = -0.5;
const heardNothing = 0.6;

type Heard = Pick<Segment, 'start' | 'end' | 'text' | 'avgLogprob' | 'noSpeechProb' | 'channel'>;

/**
 * Segments without loops: of equal neighbours the first stays, since it may have been said, and the
 * others are handed on as removed where there are `fewestRepeats` and the model doubted them or
 * nobody speaks so fast. Short answers, choruses and other real repeats stay. At most one run of
 * neighbours is held in memory.
 */
export async function* loopsRemoved<Item extends Heard>(
  segments: AsyncIterable<Item>,
  { fewestRepeats }: { readonly fewestRepeats: number },
): AsyncGenerator<Item | RemovedText, void> {
  let run: Item[] = [];
  for await (const segment of segments) {
    const [first] = run;
    if (first !== undefined && folded(first.text) !== folded(segment.text)) {
      yield* judged(run, fewestRepeats);
      run = [];
    }
    run.push(segment);
  }
  yield* judged(run, fewestRepeats);
}

function* judged<Item extends Heard>(
  run: readonly Item[],
  fewestRepeats: number,
): Generator<Item | RemovedText, void> {
  const isLoop = run.length >= fewestRepeats && run.slice(1).every(isDoubtful);
  for (const [index, segment] of run.entries()) {
    if (!isLoop || index === 0) yield segment;
    else {
      const { start, end, text, channel } = segment;
      yield { start, end, text, reason, ...(channel === undefined ? {} : { channel }) };
    }
  }
}

function isDoubtful({ start, end, text, avgLogprob, noSpeechProb }: Heard): boolean {
  const pace = text.trim().length / Math.max(end - start, 0.001);
  const modelDoubts =
    avgLogprob < unlikely || (noSpeechProb > heardNothing && avgLogprob < lessLikely);
  return modelDoubts || pace > impossiblePace;
}

/** Letters and digits alone: case and punctuation make no other text. */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

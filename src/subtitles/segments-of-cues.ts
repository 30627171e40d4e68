import { joinsWithoutSpace } from '../text/pieces.js';
import type { Segment } from '../types.js';
import type { Cue } from './cue.js';

/**
 * The cues of a file as segments, so that they can be joined into sentences and translated. Nothing
 * recognised them: their measures are those of certainty. Speakers are not kept.
 */
export function segmentsOfCues(cues: readonly Cue[]): readonly Segment[] {
  return cues
    .toSorted((a, b) => a.start - b.start)
    .map(({ start, end, lines }, id) => ({
      id,
      start,
      end,
      text: lines.reduce((text, line) => {
        return text === '' || joinsWithoutSpace(text, line) ? `${text}${line}` : `${text} ${line}`;
      }, ''),
      avgLogprob: 0,
      noSpeechProb: 0,
      confidence: 1,
      compressionRatio: 0,
      temperature: 0,
      pass: 'first',
    }));
}

import type { ParsedSubtitleOptions } from '../options/subtitles.js';
import type { SentenceOptions } from '../options/sentences.js';
import type { Cue } from '../subtitles/cue.js';
import { linesOfText } from '../subtitles/lines-of-text.js';
import { segmentsOfCues } from '../subtitles/segments-of-cues.js';
import { shownText } from '../subtitles/tokens.js';
import { divideBySegment } from '../text/place-translation.js';
import { sentencesOf, type Sentence } from '../text/sentences.js';
import { joinsWithoutSpace } from '../text/pieces.js';
import type { Segment } from '../types.js';

/** What one person says in a cue. */
interface Utterance {
  /** True where a dash begins it: somebody else speaks in the same cue. */
  readonly dash: boolean;
  readonly shown: Cue;
}

/** Subtitles as sentences that know their cues. */
export interface CuedSentences {
  readonly segments: readonly Segment[];
  readonly sentences: readonly Sentence[];
  /**
   * The cues with other texts, one for each sentence (undefined: it could not be translated), at
   * the times of the originals.
   */
  cuesOf(
    texts: readonly (string | undefined)[],
    form: { readonly language: string; readonly rules: ParsedSubtitleOptions },
  ): readonly Cue[];
}

const dash = /^\s*[-\u2010-\u2015\u2212]\s*/u;

/**
 * Joins cues into sentences, so that one that goes over several cues is translated as a whole, and
 * brings translations back to where the film shows them: whoever timed the cues knew the picture.
 */
export async function sentencesOfCues(
  given: readonly Cue[],
  language: string,
  options: SentenceOptions,
): Promise<CuedSentences> {
  const cues = given.toSorted((a, b) => a.start - b.start);
  const spoken = cues.map((cue) => ({ cue, parts: utterancesOf(cue) }));
  const parts = spoken.flatMap((one) => one.parts);
  const segments = segmentsOfCues(parts.map(({ shown }) => shown));
  const sentences: Sentence[] = [];
  for (const group of groupsOf(segments, parts)) {
    for await (const one of sentencesOf(group, language, options)) {
      sentences.push({ ...one, id: sentences.length });
    }
  }
  return {
    segments,
    sentences,
    cuesOf: (texts, form) => {
      const said = saidBy(sentences, texts, form.language);
      let next = 0;
      return spoken.flatMap(({ cue, parts: own }) => {
        const lines = own.flatMap((part) => {
          const id = next++;
          return linesOf(part, said.get(id) ?? '', form);
        });
        return lines.length === 0 ? [] : [{ ...cue, lines }];
      });
    },
  };
}

/** Two people in a cue have a line each that begins with a dash; its time is shared by their lengths. */
function utterancesOf(cue: Cue): readonly Utterance[] {
  const { lines, start, end } = cue;
  if (lines.length < 2 || !lines.every((line) => dash.test(line))) {
    return [{ dash: false, shown: cue }];
  }
  const total = lines.join('').length;
  let done = 0;
  return lines.map((line) => {
    const from = start + ((end - start) * done) / total;
    done += line.length;
    const to = start + ((end - start) * done) / total;
    const shown = { ...cue, start: from, end: to, lines: [line.replace(dash, '')] };
    return { dash: true, shown };
  });
}

/** No sentence goes over from one speaker to another. */
function groupsOf(
  segments: readonly Segment[],
  parts: readonly Pick<Utterance, 'dash'>[],
): readonly (readonly Segment[])[] {
  const groups: Segment[][] = [];
  for (const [index, segment] of segments.entries()) {
    const alone = parts[index]?.dash === true || parts[index - 1]?.dash === true;
    const last = groups.at(-1);
    if (last === undefined || alone) groups.push([segment]);
    else last.push(segment);
  }
  return groups;
}

/** What is said in the end, by the segments' ids. */
function saidBy(
  sentences: readonly Sentence[],
  texts: readonly (string | undefined)[],
  language: string,
): ReadonlyMap<number, string> {
  const said = new Map<number, string>();
  for (const [index, sentence] of sentences.entries()) {
    const text = texts[index];
    const none = text === undefined || text.trim() === '';
    const parts = divideBySegment(sentence, { text: none ? sentence.text : text }, language);
    for (const [id, part] of parts) {
      const shown = none ? shownText({ text: part, untranslated: true }) : part;
      const before = said.get(id);
      const space = before === undefined || joinsWithoutSpace(before, shown) ? '' : ' ';
      said.set(id, `${before ?? ''}${space}${shown}`);
    }
  }
  return said;
}

function linesOf(
  { dash: begins }: Utterance,
  text: string,
  form: { readonly language: string; readonly rules: ParsedSubtitleOptions },
): readonly string[] {
  if (text.trim() === '') return [];
  return linesOfText(begins ? `- ${text}` : text, form);
}

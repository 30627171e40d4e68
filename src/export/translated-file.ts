import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CpwError } from '../errors.js';
import { subtitleFormats, transcriptFormats, type TranscriptFormat } from '../options/output.js';
import type { SentenceOptions } from '../options/sentences.js';
import type { ParsedSubtitleOptions } from '../options/subtitles.js';
import type { Cue } from '../subtitles/cue.js';
import { parseSubtitles, subtitleReaders } from '../subtitles/parse-subtitles.js';
import { shownText } from '../subtitles/tokens.js';
import { placeTranslation } from '../text/place-translation.js';
import { sentencesOf, type Sentence } from '../text/sentences.js';
import { isTranslation } from '../text/translation-problem.js';
import type { Segment, Transcript, Translation } from '../types.js';
import { stemOf } from './file-name.js';
import { sentencesOfCues } from './kept-cues.js';
import { parseTranscript } from './transcript-schema.js';

/** What came of a text. */
export type TranslatedText = Pick<Translation, 'text' | 'problem'>;

/** A file whose text is translated without hearing anything. */
export interface TranslatableFile {
  readonly stem: string;
  /** In which it was, and is written unless another form is asked for. */
  readonly form: TranscriptFormat;
  /** Those in which it can be written. */
  readonly forms: readonly TranscriptFormat[];
  /** Its language, where it names it. */
  readonly language?: string;
  /** Cuts it into what is translated as a whole. */
  cut(language: string, options: SentenceOptions): Promise<CutFile>;
}

/** Texts to translate, and how a translation is put together again. */
export interface CutFile {
  readonly texts: readonly string[];
  /** When a text is said, in s; undefined where texts are lines. */
  startOf(index: number): number | undefined;
  /**
   * The whole in another language: a transcript, or the lines of a text. A text without a
   * translation stands there in brackets, so that nobody takes it for one.
   */
  assemble(translations: readonly TranslatedText[], language: string): Transcript | string;
  /** The cues of subtitles, at the times that they had; absent for what had none. */
  readonly cuesOf?: (
    translations: readonly TranslatedText[],
    form: { readonly language: string; readonly rules: ParsedSubtitleOptions },
  ) => readonly Cue[];
}

const endings = new Set(['txt', 'json', ...Object.keys(subtitleReaders)]);

/** True for a file that {@link readTranslatable} reads, by its name's end. */
export function isTranslatable(file: string): boolean {
  return endings.has(endingOf(file));
}

/**
 * Reads a text file, of which each line is a text, or subtitles or a transcript's JSON, of which
 * each sentence is. Throws CPW_FILE_NOT_FOUND or CPW_INVALID_OPTIONS.
 */
export async function readTranslatable(file: string): Promise<TranslatableFile> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${JSON.stringify(file)} cannot be read (${reason}). Next step: check the path.`;
    throw new CpwError('CPW_FILE_NOT_FOUND', message, { cause, details: { file } });
  });
  const stem = stemOf(file);
  const ending = endingOf(file);
  if (ending === 'txt') return ofLines(text, stem);
  const timed = { stem, forms: transcriptFormats };
  if (ending === 'json') {
    const transcript = parseTranscript(text, file);
    const { language } = transcript;
    return {
      ...timed,
      form: 'json',
      language,
      cut: (code, how) => cutSpoken(transcript, code, how),
    };
  }
  const cues = parseSubtitles(text, { name: file });
  const form = subtitleFormats.find((one) => one === ending) ?? 'ass';
  return { ...timed, form, cut: (language, how) => cutSubtitles(cues, language, how) };
}

function endingOf(file: string): string {
  return path.extname(file).slice(1).toLowerCase();
}

function ofLines(text: string, stem: string): TranslatableFile {
  // A byte order mark is no part of the first line.
  const pieces = text.replace(/^\uFEFF/u, '').split(/(\r\n|\r|\n)/u);
  const texts = pieces.filter((_, i) => i % 2 === 0);
  const assemble = (translations: readonly TranslatedText[]): string =>
    texts.map((line, i) => shownLine(translations[i], line) + (pieces[2 * i + 1] ?? '')).join('');
  const cut = async (): Promise<CutFile> => ({ texts, startOf: () => undefined, assemble });
  return { stem, form: 'txt', forms: ['txt'], cut };
}

/** Of a line with several sentences, what could be translated of it is better than nothing. */
function shownLine(translation: TranslatedText | undefined, line: string): string {
  const { text = '' } = translation ?? {};
  return text === '' ? shownText({ text: line, untranslated: true }) : text;
}

/** Sentences are translated as a whole, over the ends of segments and cues, and placed back by time. */
async function cutSpoken(
  transcript: Transcript,
  language: string,
  options: SentenceOptions,
): Promise<CutFile> {
  const segments = transcript.segments.map(unmarked);
  const sentences: Sentence[] = [];
  for await (const one of sentencesOf(segments, language, options)) sentences.push(one);
  return assembled(transcript, sentences);
}

async function cutSubtitles(
  cues: readonly Cue[],
  language: string,
  options: SentenceOptions,
): Promise<CutFile> {
  const cued = await sentencesOfCues(cues, language, options);
  const { segments, sentences } = cued;
  const duration = Math.max(0, ...segments.map(({ end }) => end));
  return {
    ...assembled({ language, languageProbability: 1, duration, segments }, sentences),
    cuesOf: (translations, form) =>
      cued.cuesOf(
        sentences.map((_, i) => textOf(translations[i])),
        form,
      ),
  };
}

/** Undefined where it is no translation. */
function textOf({ text = '', problem }: Partial<TranslatedText> = {}): string | undefined {
  return isTranslation(problem) ? text : undefined;
}

function assembled(transcript: Transcript, sentences: readonly Sentence[]): CutFile {
  return {
    texts: sentences.map(({ text }) => text),
    startOf: (index) => sentences[index]?.start,
    assemble: (translations, target) => ({
      ...transcript,
      language: target,
      languageProbability: 1,
      segments: inOrder(
        sentences.map((sentence, i) => {
          const text = textOf(translations[i]);
          const whole = text === undefined ? undefined : { text };
          return placeTranslation(sentence, whole, target);
        }),
      ),
    }),
  };
}

/** What an earlier translation could not do may be done now. */
function unmarked(segment: Segment): Segment {
  const { untranslated: _, ...rest } = segment;
  return rest;
}

/** Where cues overlap, a sentence may begin before the one that it follows. */
function inOrder(segments: readonly Segment[]): readonly Segment[] {
  return segments.toSorted((a, b) => a.start - b.start).map((segment, id) => ({ ...segment, id }));
}

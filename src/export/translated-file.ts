import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CpwError } from '../errors.js';
import type { TranslationFormat } from '../options/translate-command.js';
import type { Transcript, Translation } from '../types.js';
import { stemOf } from './file-name.js';
import { parseTranscript } from './transcript-schema.js';

/** Texts to translate, and how a translation is put together again. */
export interface TranslatableFile {
  readonly stem: string;
  /** In which it was, and is written unless another form is asked for. */
  readonly form: TranslationFormat;
  /** Those in which it can be written. */
  readonly forms: readonly TranslationFormat[];
  readonly texts: readonly string[];
  /** The whole in another language: a transcript, or the lines of a text. */
  assemble(translations: readonly Translation[], language: string): Transcript | string;
}

/**
 * Reads a text file, of which each line is a text, or a transcript's JSON, of which each segment is.
 * Throws CPW_FILE_NOT_FOUND or CPW_INVALID_OPTIONS.
 */
export async function readTranslatable(file: string): Promise<TranslatableFile> {
  const kind = path.extname(file).toLowerCase();
  if (kind !== '.txt' && kind !== '.json') {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `${JSON.stringify(file)} is no text file (.txt) and no transcript (.json). ` +
        'Next step: transcribe it with --format json, and translate that.',
      { details: { file } },
    );
  }
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${JSON.stringify(file)} cannot be read (${reason}). Next step: check the path.`;
    throw new CpwError('CPW_FILE_NOT_FOUND', message, { cause, details: { file } });
  });
  const stem = stemOf(file);
  return kind === '.txt' ? fromText(text, stem) : fromTranscript(parseTranscript(text, file), stem);
}

function fromText(text: string, stem: string): TranslatableFile {
  // A byte order mark is no part of the first line.
  const pieces = text.replace(/^\uFEFF/u, '').split(/(\r\n|\r|\n)/u);
  const lines = pieces.filter((_, i) => i % 2 === 0);
  return {
    stem,
    form: 'txt',
    forms: ['txt'],
    texts: lines,
    assemble: (translations) =>
      lines.map((line, i) => shown(translations[i], line) + (pieces[2 * i + 1] ?? '')).join(''),
  };
}

function fromTranscript(transcript: Transcript, stem: string): TranslatableFile {
  const texts = transcript.segments.map(({ text }) => text.trim());
  return {
    stem,
    form: 'json',
    forms: ['txt', 'srt', 'vtt', 'json'],
    texts,
    assemble: (translations, language) => ({
      ...transcript,
      language,
      languageProbability: 1,
      // Words and their times are the source's.
      segments: transcript.segments.map(
        ({ words: _words, language: _language, ...segment }, i) => ({
          ...segment,
          text: shown(translations[i], texts[i] ?? ''),
        }),
      ),
    }),
  };
}

/** A text without a translation stands there as what it is: marked, so that nobody takes it for one. */
function shown(translation: Translation | undefined, source: string): string {
  if (translation === undefined) return source;
  const { text, problem } = translation;
  return text === '' && problem !== undefined ? `[untranslated] ${source}` : text;
}

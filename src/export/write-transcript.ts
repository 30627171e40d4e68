import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CpwError } from '../errors.js';
import { publish } from '../files/publish.js';
import { isDiskFull } from '../files/system-error.js';
import { isSubtitleFormat, type SubtitleFormat, type TranscriptFormat } from '../options/output.js';
import type { SubtitleOptions } from '../options/subtitles.js';
import type { Cue } from '../subtitles/cue.js';
import { cuesOf } from '../subtitles/cues.js';
import { spokenText } from '../subtitles/voice.js';
import type { Segment, Transcript } from '../types.js';
import { sanitizeFilename } from './file-name.js';
import { existingFile, outputPath } from './plan-outputs.js';
import { shownCues, subtitleFormatters } from './subtitle-forms.js';
import { formatJson } from './transcript-schema.js';

export interface WriteTranscriptOptions {
  /** File name without extension; made safe. */
  readonly stem: string;
  readonly formats: readonly TranscriptFormat[];
  readonly outputDir: string;
  readonly overwrite?: boolean;
  /** The rules of the cues, where subtitles are among the formats. */
  readonly subtitles?: SubtitleOptions;
}

const texts = { txt: formatTxt, json: formatJson } as const;

/** The line of a segment in a text file; empty where it says nothing. */
export function txtLine(segment: Pick<Segment, 'channel' | 'text' | 'untranslated'>): string {
  if (segment.text.trim() === '') return '';
  const text = spokenText(segment).replaceAll(/\s+/gu, ' ').trim();
  return text === '' ? '' : `${text}\n`;
}

/** The transcript's text in one of the forms. `options` are for subtitles. */
export function formatTranscript(
  transcript: Transcript,
  format: TranscriptFormat,
  options: SubtitleOptions = {},
): string {
  if (!isSubtitleFormat(format)) return texts[format](transcript);
  return subtitleFormatters[format](cuesOfTranscript(transcript, format, options));
}

/** The cues that a form of subtitles shows of a transcript, with the speakers where the form has them. */
export function cuesOfTranscript(
  { segments, language }: Transcript,
  format: SubtitleFormat,
  options: SubtitleOptions = {},
): readonly Cue[] {
  const labels = format === 'srt';
  return shownCues(cuesOf(segments, options, { language, labels }), format);
}

/**
 * Writes `<stem>.<format>` for each format and resolves to the paths. A file appears whole or not
 * at all; none does when one of them exists already (CPW_INVALID_OPTIONS) or cannot be written.
 */
export async function writeTranscript(
  transcript: Transcript,
  options: WriteTranscriptOptions,
): Promise<readonly string[]> {
  // Everything is formatted before anything is written: a transcript that breaks the schema leaves no file.
  return writeForms((format) => formatTranscript(transcript, format, options.subtitles), options);
}

/** Writes what `textOf` makes of each form, as {@link writeTranscript} does. */
export async function writeForms(
  textOf: (format: TranscriptFormat) => string,
  options: WriteTranscriptOptions,
): Promise<readonly string[]> {
  const stem = sanitizeFilename(options.stem);
  const files = options.formats.map((format) => ({
    text: textOf(format),
    temporary: path.join(options.outputDir, `.cpw-${randomBytes(8).toString('hex')}.tmp`),
    final: outputPath(options.outputDir, stem, format),
  }));
  const published: string[] = [];
  try {
    await makeFolder(path.resolve(options.outputDir));
    for (const { temporary, text } of files) await writeFile(temporary, text, { flag: 'wx' });
    for (const file of files) {
      const { overwrite = false } = options;
      await publish(file, { overwrite, onExisting: () => existingFile([file.final]) });
      published.push(file.final);
    }
  } catch (error) {
    // Replaced files cannot come back, new ones go.
    if (!options.overwrite) await remove(published);
    throw asWriteError(error, options.outputDir);
  } finally {
    await remove(files.map(({ temporary }) => temporary));
  }
  return files.map(({ final }) => final);
}

function formatTxt({ segments }: Transcript): string {
  return segments.map(txtLine).join('');
}

async function remove(paths: readonly string[]): Promise<void> {
  // What cannot be removed was not made, and must not hide the error that led here.
  await Promise.allSettled(paths.map((one) => rm(one, { force: true })));
}

/** Level by level: Node's recursive mkdir never ends in a folder that takes no new ones (/proc). */
async function makeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder).catch(async (error: unknown) => {
    // Another run may have made it meanwhile.
    if (!(await isFolder(folder))) throw error;
  });
}

async function isFolder(folder: string): Promise<boolean> {
  const info = await stat(folder).catch(() => undefined);
  return info?.isDirectory() ?? false;
}

function asWriteError(cause: unknown, outputDir: string): unknown {
  if (cause instanceof CpwError || !(cause instanceof Error)) return cause;
  if (isDiskFull(cause)) {
    const full = `there is no room left in ${JSON.stringify(outputDir)} (${cause.message}). Next step: make room there, or choose another --output-dir`;
    return new CpwError('CPW_OUT_OF_MEMORY', full, { stage: 'export', cause });
  }
  const message = `cannot write into ${JSON.stringify(outputDir)}: ${cause.message}; choose another --output-dir`;
  return new CpwError('CPW_INVALID_OPTIONS', message, { stage: 'export', cause });
}

import { randomBytes } from 'node:crypto';
import { link, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CpwError } from '../errors.js';
import type { TranscriptFormat } from '../options/output.js';
import { cuesOf } from '../subtitles/cues.js';
import { formatSrt } from '../subtitles/srt.js';
import { withVoice } from '../subtitles/voice.js';
import { formatVtt } from '../subtitles/vtt.js';
import type { Transcript } from '../types.js';
import { sanitizeFilename } from './file-name.js';
import { existingFile, outputPath } from './plan-outputs.js';
import { formatJson } from './transcript-schema.js';

export interface WriteTranscriptOptions {
  /** File name without extension; made safe. */
  readonly stem: string;
  readonly formats: readonly TranscriptFormat[];
  readonly outputDir: string;
  readonly overwrite?: boolean;
}

const formatters: Readonly<Record<TranscriptFormat, (transcript: Transcript) => string>> = {
  txt: formatTxt,
  srt: ({ segments }) => formatSrt(cuesOf(segments.map(withVoice))),
  vtt: ({ segments }) => formatVtt(cuesOf(segments)),
  json: formatJson,
};

/** The transcript's text in one of the forms. */
export function formatTranscript(transcript: Transcript, format: TranscriptFormat): string {
  return formatters[format](transcript);
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
  return writeForms((format) => formatTranscript(transcript, format), options);
}

/** Writes a text that needs no form, as {@link writeTranscript} does. */
export async function writeText(
  text: string,
  options: WriteTranscriptOptions,
): Promise<readonly string[]> {
  return writeForms(() => text, options);
}

async function writeForms(
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
      await publish(file, options.overwrite ?? false);
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
  return segments
    .filter(({ text }) => text.trim() !== '')
    .map((segment) => withVoice(segment).text.replaceAll(/\s+/gu, ' ').trim())
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('');
}

async function remove(paths: readonly string[]): Promise<void> {
  // What cannot be removed was not made, and must not hide the error that led here.
  await Promise.allSettled(paths.map((one) => rm(one, { force: true })));
}

async function publish(
  { temporary, final }: { temporary: string; final: string },
  overwrite: boolean,
): Promise<void> {
  if (overwrite) return rename(temporary, final);
  try {
    // Unlike rename, link refuses a name that has come to exist meanwhile.
    await link(temporary, final);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') throw existingFile([final]);
    // exFAT and some network folders have no links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    await claim(final);
    await rename(temporary, final);
  }
}

/** Makes the name ours where nobody has it: rename alone would replace a file in silence. */
async function claim(final: string): Promise<void> {
  try {
    await writeFile(final, '', { flag: 'wx' });
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? existingFile([final]) : error;
  }
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

const fullDisk = ['ENOSPC', 'EDQUOT', 'EFBIG'];

function asWriteError(cause: unknown, outputDir: string): unknown {
  if (cause instanceof CpwError || !(cause instanceof Error)) return cause;
  if (fullDisk.includes(String(codeOf(cause)))) {
    const full = `there is no room left in ${JSON.stringify(outputDir)} (${cause.message}). Next step: make room there, or choose another --output-dir`;
    return new CpwError('CPW_OUT_OF_MEMORY', full, { stage: 'export', cause });
  }
  const message = `cannot write into ${JSON.stringify(outputDir)}: ${cause.message}; choose another --output-dir`;
  return new CpwError('CPW_INVALID_OPTIONS', message, { stage: 'export', cause });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

import type { MultipartFile } from '@fastify/multipart';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Refusal } from './refusal.js';
import type { UploadFolder } from './upload-folder.js';

/** An upload on the disk. */
export interface Upload {
  readonly path: string;
  /** What the client called it, for messages alone: it names no file here. */
  readonly name: string;
  readonly bytes: number;
}

/** Where an upload goes, and how much of it is taken. */
export interface UploadContext {
  readonly folder: UploadFolder;
  readonly maxUploadMb: number;
  readonly signal: AbortSignal;
}

const bytesPerMb = 1_000_000;
/** What a form holds beside its file, at most. */
const formBytes = 1_000_000;

/** Refuses at once what says itself that it is too large. */
export function checkLength(length: string | undefined, maxUploadMb: number): void {
  if (Number(length ?? 0) > maxUploadMb * bytesPerMb + formBytes) throw tooLarge(maxUploadMb);
}

/** Writes the file of a form as it comes; a broken or refused one leaves nothing. */
export async function writeUpload(
  { file, filename }: Pick<MultipartFile, 'file' | 'filename'>,
  { folder, maxUploadMb, signal }: UploadContext,
): Promise<Upload> {
  const path = folder.newPath();
  let bytes = 0;
  async function* measured(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxUploadMb * bytesPerMb) throw tooLarge(maxUploadMb);
      yield chunk;
    }
  }
  try {
    const output = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    await pipeline(file, measured, output, { signal });
    return { path, name: shownName(filename), bytes };
  } catch (error) {
    await rm(path, { force: true });
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new Refusal(
      'unavailable',
      'The server has no room for the upload now. Next step: try again later.',
      { cause: error, retryAfterS: 60 },
    );
  }
}

/** The last part of a name, without what a terminal or a log would take for more than text. */
export function shownName(given: string | undefined): string {
  const last = (given ?? '').split(/[/\\]/u).at(-1) ?? '';
  const shown = last.replaceAll(/[^\p{L}\p{N}\p{M}\p{P}\p{S} ]/gu, '').trim();
  return shown === '' ? 'the upload' : shown.slice(0, 100);
}

function tooLarge(maxUploadMb: number): Refusal {
  return new Refusal(
    'request_too_large',
    `The file is larger than ${maxUploadMb} MB. Next step: compress it (e.g. to Opus or MP3), or cut it.`,
    { param: 'file' },
  );
}

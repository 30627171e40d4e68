import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileError } from '../models/convert/file-error.js';

/** What a file holds, as the manifest records it. */
export interface FileHash {
  readonly bytes: number;
  readonly sha256: string;
}

const chunkBytes = 1 << 20;

/** Hashes a file piece by piece. Throws CPW_FILE_NOT_FOUND, or the signal's reason. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<FileHash> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const stream = createReadStream(path, {
      highWaterMark: chunkBytes,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw fileError('read', path, error);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** What tells without reading that a file is the one that was hashed before. */
export interface FileStamp {
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
  readonly inode: number;
}

/** Throws CPW_FILE_NOT_FOUND. */
export async function stampOf(path: string): Promise<FileStamp> {
  try {
    const { size: bytes, mtimeMs: modifiedMs, ctimeMs: changedMs, ino: inode } = await stat(path);
    return { bytes, modifiedMs, changedMs, inode };
  } catch (error) {
    throw fileError('read', path, error);
  }
}

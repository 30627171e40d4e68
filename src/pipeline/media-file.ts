import { createReadStream } from 'node:fs';
import { headerDuration } from '../media/header-duration.js';
import { canonicalJson } from './canonical-json.js';
import { hashFile, stampOf, type FileStamp } from './hash-file.js';
import type { FileRecord, Manifest } from './manifest.js';

/** The media file of a job. */
export interface MediaFile {
  readonly path: string;
  /** Tells without reading whether it is still the same. */
  readonly stamp: FileStamp;
  /** Seconds, where its header tells them without a search. */
  readonly durationS: number | undefined;
  /** Hashed once in a run, and not at all where the stamp is the one that was hashed before. */
  record(): Promise<FileRecord>;
  bytes(): AsyncIterable<Uint8Array>;
}

/** Throws CPW_FILE_NOT_FOUND. */
export async function openMedia(
  path: string,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<MediaFile> {
  const stamp = await stampOf(path);
  let record: Promise<FileRecord> | undefined;
  const make = async (): Promise<FileRecord> => {
    const { media } = manifest.content;
    const artefact = 'media';
    if (
      media !== undefined &&
      canonicalJson({ ...media, ...stamp, path }) === canonicalJson(media)
    ) {
      return { artefact, path, bytes: media.bytes, sha256: media.sha256 };
    }
    const { bytes, sha256 } = await hashFile(path, signal);
    await manifest.setMedia({ ...stamp, path, sha256 });
    return { artefact, path, bytes, sha256 };
  };
  const durationS = await headerDuration(path);
  return {
    path,
    stamp,
    durationS,
    record: () => (record ??= make()),
    bytes: () => createReadStream(path),
  };
}

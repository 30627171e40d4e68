import { Encrypter, identityToRecipient } from 'age-encryption';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { Header } from 'tar';
import {
  indexName,
  sealIndex,
  type ArchiveIndex,
  type FileKind,
  type IndexEntry,
} from './archive-index.js';

/** A file that is to be kept. */
export interface BackupFile {
  readonly kind: FileKind;
  /** Where it is. */
  readonly path: string;
  /** Where it belongs: absolute, but for jobs, which lie under the folder of jobs. */
  readonly target: string;
}

const blockBytes = 512;

/**
 * Writes files into one encrypted archive. Each is read as it was when it was opened: records are
 * replaced and never changed, so that one of a running job is whole. What has gone by then is left out.
 */
export async function writeArchive(
  files: readonly BackupFile[],
  path: string,
  {
    identity,
    createdAt,
    includeOutputs,
    signal,
  }: {
    readonly identity: string;
    readonly createdAt: Date;
    readonly includeOutputs: boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<ArchiveIndex> {
  const entries: IndexEntry[] = [];
  const index: ArchiveIndex = {
    version: 1,
    createdAt: createdAt.toISOString(),
    host: hostname(),
    includeOutputs,
    entries,
  };
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const plain = Readable.toWeb(Readable.from(tarOf(files, index, identity)));
  const sealed = await encrypter.encrypt(plain as globalThis.ReadableStream<Uint8Array>);
  const output = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(Readable.fromWeb(sealed as ReadableStream), output, { signal });
  return index;
}

async function* tarOf(
  files: readonly BackupFile[],
  index: ArchiveIndex,
  identity: string,
): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    const name = `files/${String(index.entries.length + 1).padStart(6, '0')}`;
    const handle = await open(file.path, 'r').catch(absent);
    if (handle === undefined) continue;
    await using opened = handle;
    const { size } = await opened.stat();
    yield headerOf(name, size, index);
    const hash = createHash('sha256');
    let bytes = 0;
    if (size > 0) {
      for await (const chunk of opened.createReadStream({ end: size - 1, autoClose: false })) {
        hash.update(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        yield chunk as Buffer;
      }
    }
    if (bytes < size) throw new Error(`${file.path} became shorter while it was read`);
    yield padding(size);
    const { kind, target } = file;
    index.entries.push({ name, kind, target, bytes, sha256: hash.digest('hex') });
  }
  const sealed = sealIndex(index, identity);
  yield headerOf(indexName, sealed.length, index);
  yield sealed;
  yield padding(sealed.length);
  yield Buffer.alloc(2 * blockBytes);
}

function headerOf(name: string, size: number, { createdAt }: ArchiveIndex): Buffer {
  const block = Buffer.alloc(blockBytes);
  const header = new Header({
    path: name,
    size,
    mode: 0o600,
    mtime: new Date(createdAt),
    type: 'File',
  });
  header.encode(block);
  return block;
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

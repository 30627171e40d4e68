import { CpwError } from 'cpw-native';
import { Decrypter } from 'age-encryption';
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { damaged, indexName, openIndex, type ArchiveIndex } from './archive-index.js';
import { tarFiles, type TarFile } from './tar-reader.js';

/** Most bytes of an index: a million files. */
const mostIndexBytes = 256 << 20;

/** Takes the bytes of one file of an archive, all of them. */
export type TakeFile = (name: string, chunks: AsyncIterable<Buffer>) => Promise<void>;

interface Found {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Decrypts and unpacks an archive as a stream, and compares each file with the signed index, which
 * is its last. Throws CPW_INVALID_OPTIONS for one that is damaged, cut, or of another key; what
 * `take` has got until then does not count.
 */
export async function readArchive(
  path: string,
  identity: string,
  {
    take = drop,
    signal,
  }: { readonly take?: TakeFile; readonly signal?: AbortSignal | undefined } = {},
): Promise<ArchiveIndex> {
  const found = new Map<string, Found>();
  let index: ArchiveIndex | undefined;
  try {
    for await (const file of tarFiles(await decrypted(path, identity))) {
      signal?.throwIfAborted();
      if (file.name === indexName) index = openIndex(await whole(file), identity);
      else found.set(file.name, await taken(file, take));
    }
  } catch (error) {
    signal?.throwIfAborted();
    // What the disk or a taker says is not the archive's fault.
    if (error instanceof CpwError || isOfTheSystem(error)) throw error;
    throw damaged(`it is damaged, cut, or for another key (${(error as Error).message})`, error);
  }
  if (index === undefined) throw damaged('it has no index');
  compare(index, found);
  return index;
}

async function decrypted(path: string, identity: string): Promise<AsyncIterable<Uint8Array>> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const sealed = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  return Readable.fromWeb((await decrypter.decrypt(sealed)) as never);
}

async function taken({ name, chunks }: TarFile, take: TakeFile): Promise<Found> {
  const hash = createHash('sha256');
  let bytes = 0;
  await take(
    name,
    counted(chunks, hash, (more) => (bytes += more)),
  );
  return { bytes, sha256: hash.digest('hex') };
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  hash: Hash,
  onBytes: (more: number) => void,
): AsyncGenerator<Buffer, void> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    onBytes(chunk.length);
    yield chunk;
  }
}

const drop: TakeFile = async (_name, chunks) => {
  for await (const _ of chunks);
};

async function whole({ bytes, chunks }: TarFile): Promise<Buffer> {
  if (bytes > mostIndexBytes) throw damaged('its index is too long');
  const parts: Buffer[] = [];
  for await (const part of chunks) parts.push(part);
  return Buffer.concat(parts);
}

function isOfTheSystem(error: unknown): boolean {
  const { syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined;
}

function compare({ entries }: ArchiveIndex, found: ReadonlyMap<string, Found>): void {
  const wrong = entries.find(({ name, bytes, sha256 }) => {
    const one = found.get(name);
    return one?.bytes !== bytes || one.sha256 !== sha256;
  });
  if (wrong !== undefined) throw damaged(`${wrong.target} in it is not what was put there`);
  if (found.size !== entries.length) throw damaged('it holds files that its index does not name');
}

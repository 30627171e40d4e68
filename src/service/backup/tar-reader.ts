import { Header } from 'tar';
import { damaged } from './archive-index.js';

const blockBytes = 512;

/** One file of an archive; it has to be read before the next one is asked for. */
export interface TarFile {
  readonly name: string;
  readonly bytes: number;
  readonly chunks: AsyncGenerator<Buffer, void>;
}

/** The files of a tar archive as write-archive makes it: plain files alone, of short names. */
export async function* tarFiles(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile, void> {
  const bytes = new ByteReader(source);
  for (;;) {
    const block = await bytes.exactly(blockBytes);
    if (block.every((byte) => byte === 0)) break;
    const { path, size, type, cksumValid } = new Header(block);
    if (!cksumValid || type !== 'File' || path === undefined || size === undefined) {
      throw damaged('it is no archive of this program');
    }
    yield { name: path, bytes: size, chunks: bytes.some(size) };
    await bytes.exactly((blockBytes - (size % blockBytes)) % blockBytes);
  }
  // To the very end: only there does the encryption vouch that nothing was cut off.
  await bytes.exactly(blockBytes);
  if (await bytes.hasMore()) throw damaged('something follows its end');
}

class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.some(count)) parts.push(part);
    return Buffer.concat(parts);
  }

  async *some(count: number): AsyncGenerator<Buffer, void> {
    let left = count;
    while (left > 0) {
      if (!(await this.hasMore())) throw damaged('it ends too early');
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  async hasMore(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) return false;
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    return true;
  }
}

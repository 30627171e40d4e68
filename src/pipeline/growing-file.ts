import { EventEmitter, once } from 'node:events';
import { close, openSync, read } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fileError } from '../models/convert/file-error.js';
import { publishFile } from './atomic-file.js';

const readAt = promisify(read);
const closeFile = promisify(close);
const chunkBytes = 1 << 16;

/** What a follower waits for. */
type Ending = { readonly kind: 'whole' } | { readonly kind: 'failed'; readonly error: unknown };

/**
 * A file that one stage writes while others read it. The disk is the queue between them: a reader
 * that is slow costs no memory and holds up nobody, so stages that read one another's output in any
 * order cannot lock each other. Until it is whole it has the name `.<name>.part`.
 */
export class GrowingFile {
  readonly #path: string;
  readonly #part: string;
  /** Where it is now. */
  #place: string;
  readonly #news = new EventEmitter().setMaxListeners(0);
  #file: FileHandle | undefined;
  #length: number;
  #ending: Ending | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle, length: number) {
    this.#path = path;
    this.#part = partOf(path);
    this.#place = this.#part;
    this.#file = file;
    this.#length = length;
  }

  /** Begins the file anew, or with the first `keepBytes` of what an interrupted run has left. */
  static async begin(path: string, keepBytes = 0): Promise<GrowingFile> {
    try {
      const part = partOf(path);
      const file = await open(part, keepBytes > 0 ? 'r+' : 'w');
      if (keepBytes > 0) await file.truncate(keepBytes);
      return new GrowingFile(path, file, keepBytes);
    } catch (error) {
      throw fileError('write', path, error);
    }
  }

  /** Where the bytes are as long as the file is not whole. */
  get part(): string {
    return this.#part;
  }

  get length(): number {
    return this.#length;
  }

  /** Resolves when the bytes are written; awaiting it is the back-pressure. */
  append(bytes: Uint8Array): Promise<void> {
    return this.#queue(async (file) => {
      await writeWhole(file, bytes, this.#length);
      this.#length += bytes.length;
      this.#news.emit('news');
    });
  }

  /** Overwrites what stands at the position. */
  patch(position: number, bytes: Uint8Array): Promise<void> {
    return this.#queue((file) => writeWhole(file, bytes, position));
  }

  /** What was appended outlasts a crash of the machine too. */
  sync(): Promise<void> {
    return this.#queue((file) => file.datasync());
  }

  /** The file is whole and takes its name. */
  async publish(): Promise<void> {
    await this.#queue(async (file) => {
      await file.sync();
      await publishFile(this.#part, this.#path, () => (this.#place = this.#path));
    });
    await this.#end({ kind: 'whole' });
  }

  /** What was appended is all, and the file goes; readers that have begun still get it. */
  async discard(): Promise<void> {
    await this.#end({ kind: 'whole' });
    await rm(this.#part, { force: true });
  }

  /** Readers get the error; what was written stays for the next run. */
  async fail(error: unknown): Promise<void> {
    await this.#end({ kind: 'failed', error });
  }

  /**
   * Everything from the first byte on, up to the end that is still to come. A chunk is the reader's
   * until it asks for the next one.
   */
  follow(signal: AbortSignal): AsyncGenerator<Buffer, void> {
    // Opened now: under its present name, and before it is renamed or goes.
    const file = openSync(this.#place, 'r');
    return this.#follow(file, signal);
  }

  async *#follow(file: number, signal: AbortSignal): AsyncGenerator<Buffer, void> {
    let position = 0;
    // One for all reads: three hours of sound in buffers of their own leave holes in the heap.
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    try {
      for (;;) {
        signal.throwIfAborted();
        const available = this.#length - position;
        if (available > 0) {
          const length = Math.min(available, chunkBytes);
          const { bytesRead } = await readAt(file, buffer, 0, length, position);
          position += bytesRead;
          yield buffer.subarray(0, bytesRead);
        } else if (this.#ending === undefined) await once(this.#news, 'news', { signal });
        else if (this.#ending.kind === 'failed') throw this.#ending.error;
        else return;
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      await closeFile(file);
    }
  }

  /** One operation after another, in the order of the calls. */
  #queue(work: (file: FileHandle) => Promise<void>): Promise<void> {
    const turn = this.#after(this.#writing, work);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  async #after(before: Promise<void>, work: (file: FileHandle) => Promise<void>): Promise<void> {
    await before;
    try {
      if (this.#file === undefined) throw new Error(`${this.#path} is closed`);
      await work(this.#file);
    } catch (error) {
      throw fileError('write', this.#path, error);
    }
  }

  async #end(ending: Ending): Promise<void> {
    if (this.#ending !== undefined) return;
    await this.#writing;
    this.#ending ??= ending;
    const file = this.#file;
    this.#file = undefined;
    this.#news.emit('news');
    await file?.close();
  }
}

function partOf(path: string): string {
  return path.replace(/([^/]+)$/u, '.$1.part');
}

async function writeWhole(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

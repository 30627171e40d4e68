import { open, type FileHandle } from 'node:fs/promises';
import { CpwError } from '../../errors.js';
import { fileError } from './file-error.js';

const WINDOW_BYTES = 64 * 1024;

/** A model file opened for reading at any place. Every read is exact or an error. */
export class BinaryFile implements AsyncDisposable {
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(path: string, size: number, handle: FileHandle) {
    this.path = path;
    this.size = size;
    this.#handle = handle;
  }

  /** Opens a regular file. Throws CPW_FILE_NOT_FOUND or CPW_MODEL_INCOMPATIBLE. */
  static async open(path: string): Promise<BinaryFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const info = await handle.stat();
      if (!info.isFile()) throw incompatible(path, 'it is not a regular file');
      return new BinaryFile(path, info.size, handle);
    } catch (error) {
      await handle?.close();
      throw fileError('open', path, error);
    }
  }

  /** Fills `target` from `offset` on. */
  async readInto(target: Uint8Array, offset: number): Promise<void> {
    if (offset + target.byteLength > this.size) throw this.damaged('it ends too early');
    let done = 0;
    while (done < target.byteLength) {
      const { bytesRead } = await this.read(target, done, offset + done);
      if (bytesRead === 0) throw this.damaged('it became shorter while it was read');
      done += bytesRead;
    }
  }

  /** `length` bytes from `offset` on, in a buffer of their own that typed arrays can view. */
  async readAt(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (offset + length > this.size) throw this.damaged('it ends too early');
    const bytes = new Uint8Array(new ArrayBuffer(length));
    await this.readInto(bytes, offset);
    return bytes;
  }

  /** The error for contents that cannot be right; `what` goes on after the file's name. */
  damaged(what: string, nextStep?: string): CpwError {
    return incompatible(this.path, what, nextStep);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async read(target: Uint8Array, at: number, position: number) {
    try {
      return await this.#handle.read(target, at, target.byteLength - at, position);
    } catch (error) {
      throw fileError('read', this.path, error);
    }
  }
}

/** Reads little-endian fields one after the other through a small window. */
export class BinaryCursor {
  private window = new Uint8Array(new ArrayBuffer(0));
  private windowStart = 0;

  offset = 0;
  private readonly file: BinaryFile;

  constructor(file: BinaryFile) {
    this.file = file;
  }

  get remaining(): number {
    return this.file.size - this.offset;
  }

  async u8(): Promise<number> {
    return (await this.take(1)).getUint8(0);
  }

  async u16(): Promise<number> {
    return (await this.take(2)).getUint16(0, true);
  }

  async u32(): Promise<number> {
    return (await this.take(4)).getUint32(0, true);
  }

  async i32(): Promise<number> {
    return (await this.take(4)).getInt32(0, true);
  }

  /** A copy of the next `length` bytes. */
  async bytes(length: number): Promise<Uint8Array> {
    if (length > WINDOW_BYTES) {
      const bytes = await this.file.readAt(this.offset, length);
      this.offset += length;
      return bytes;
    }
    const view = await this.take(length);
    return new Uint8Array(view.buffer, view.byteOffset, length).slice();
  }

  /** Moves past `length` bytes, which must exist. */
  skip(length: number): void {
    if (length > this.remaining) throw this.file.damaged('it ends too early');
    this.offset += length;
  }

  private async take(length: number): Promise<DataView<ArrayBuffer>> {
    const inWindow = this.offset - this.windowStart;
    if (inWindow < 0 || inWindow + length > this.window.byteLength) {
      const wanted = Math.max(length, Math.min(WINDOW_BYTES, this.remaining));
      this.window = await this.file.readAt(this.offset, wanted);
      this.windowStart = this.offset;
    }
    const view = new DataView(this.window.buffer, this.offset - this.windowStart, length);
    this.offset += length;
    return view;
  }
}

/** The error for a model file that is damaged or of another kind. */
export function incompatible(path: string, what: string, nextStep?: string): CpwError {
  const step = nextStep ?? 'fetch or convert the model again';
  return new CpwError(
    'CPW_MODEL_INCOMPATIBLE',
    `The model file '${path}' cannot be used: ${what}. Next step: ${step}.`,
    { details: { path } },
  );
}

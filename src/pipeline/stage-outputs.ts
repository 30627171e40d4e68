import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CpwError } from '../errors.js';
import { sanitizeFilename } from '../export/file-name.js';
import { fileError } from '../models/convert/file-error.js';
import type {
  Artefact,
  Artefacts,
  BytesArtefact,
  BytesOutput,
  FilesOutput,
  ItemsInput,
  JsonArtefact,
  JsonOutput,
} from '../stages/artefact.js';
import { besideName, publishFile, writeAtomically } from './atomic-file.js';
import { GrowingFile } from './growing-file.js';
import { hashFile } from './hash-file.js';
import { growingItems, type GrowingItems } from './items-file.js';
import type { FileRecord } from './manifest.js';

interface Written {
  readonly path: string;
  readonly about?: Readonly<Record<string, string>>;
}

/** One output while its stage runs. */
interface Channel {
  readonly artefact: Artefact;
  /** What the stage writes by. */
  readonly output: object;
  /** True once a reader can begin. */
  begun(): boolean;
  items(): number;
  sync(): Promise<void>;
  /** Resolves to the finished files. */
  finish(): Promise<readonly Written[]>;
  fail(error: unknown): Promise<void>;
  /** Readers' sides, of the kinds that are read while they grow. */
  readonly growing?: GrowingItems | (() => GrowingFile | undefined);
}

/** All that one attempt at a stage writes, in the stage's own folder. */
export class StageOutputs {
  readonly #job: string;
  readonly #folder: string;
  readonly #channels: ReadonlyMap<string, Channel>;
  readonly #onWrite: () => void;
  #failed: { readonly reason: unknown } | undefined;

  /** `onNews` hears when an output can be read; `onWrite` of all that the stage writes. */
  constructor(
    { job, folder }: { readonly job: string; readonly folder: string },
    outputs: Artefacts,
    { onNews, onWrite }: { readonly onNews: () => void; readonly onWrite: () => void },
  ) {
    this.#job = job;
    this.#folder = folder;
    this.#onWrite = onWrite;
    this.#channels = new Map(
      Object.entries(outputs).map(([key, one]) => [key, channelOf(one, folder, onNews)]),
    );
  }

  /** Makes the folder empty, but for the unfinished lists of an interrupted run with `keepParts`. */
  async prepare(keepParts: boolean): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      const names = await readdir(this.#folder);
      const kept = (name: string): boolean => keepParts && name.endsWith('.part');
      await Promise.all(
        names
          .filter((name) => !kept(name))
          .map((name) => rm(join(this.#folder, name), { recursive: true, force: true })),
      );
    } catch (error) {
      throw fileError('write', this.#folder, error);
    }
  }

  /** What the stage writes by, under the names of its declaration. */
  get writers(): Readonly<Record<string, unknown>> {
    const guard = (): void => {
      this.check();
      this.#onWrite();
    };
    return Object.fromEntries(
      [...this.#channels].map(([key, { output }]) => [key, guarded(output, guard)]),
    );
  }

  /** Throws where the attempt has failed: a stage that did not stop must not write over the next. */
  check(): void {
    if (this.#failed !== undefined) throw this.#failed.reason;
  }

  begun(artefact: string): boolean {
    return this.#channel(artefact)?.begun() ?? false;
  }

  /** Items that were written, of all lists. */
  get items(): number {
    return [...this.#channels.values()].reduce((sum, channel) => sum + channel.items(), 0);
  }

  followItems(
    artefact: string,
    signal: AbortSignal,
  ): ItemsInput<unknown, unknown, unknown> | undefined {
    const growing = this.#channel(artefact)?.growing;
    return typeof growing === 'object' ? growing.follow(signal) : undefined;
  }

  followBytes(artefact: string, signal: AbortSignal): AsyncIterable<Uint8Array> | undefined {
    const growing = this.#channel(artefact)?.growing;
    return typeof growing === 'function' ? growing()?.follow(signal) : undefined;
  }

  async sync(): Promise<void> {
    await Promise.all([...this.#channels.values()].map((channel) => channel.sync()));
  }

  /** Everything is whole: hashes it for the manifest. Throws CPW_INTERNAL for an output that is missing. */
  async finish(signal: AbortSignal): Promise<readonly FileRecord[]> {
    const records: FileRecord[] = [];
    for (const channel of this.#channels.values()) {
      for (const { path, about } of await channel.finish()) {
        const { bytes, sha256 } = await hashFile(path, signal);
        records.push({
          artefact: channel.artefact.name,
          path: relative(this.#job, path),
          bytes,
          sha256,
          ...(about === undefined ? {} : { about: { ...about } }),
        });
      }
    }
    return records;
  }

  /** Readers get the error. */
  async fail(reason: unknown): Promise<void> {
    this.#failed ??= { reason };
    await Promise.all([...this.#channels.values()].map((channel) => channel.fail(reason)));
  }

  #channel(artefact: string): Channel | undefined {
    return [...this.#channels.values()].find((one) => one.artefact.name === artefact);
  }
}

/** The same functions, each of which asks the guard first. */
function guarded(output: object, guard: () => void): unknown {
  return new Proxy(output, {
    get: (target, key) => {
      const found: unknown = Reflect.get(target, key, target);
      if (typeof found !== 'function') return found;
      return (...args: unknown[]): unknown => {
        guard();
        return Reflect.apply(found, target, args);
      };
    },
  });
}

function channelOf(artefact: Artefact, folder: string, onNews: () => void): Channel {
  if (artefact.kind === 'json') return jsonChannel(artefact, folder);
  if (artefact.kind === 'files') return filesChannel(artefact, folder);
  if (artefact.kind === 'bytes') return bytesChannel(artefact, folder, onNews);
  return itemsChannel(artefact, folder, onNews);
}

function itemsChannel(
  artefact: Extract<Artefact, { kind: 'items' }>,
  folder: string,
  onNews: () => void,
): Channel {
  const path = join(folder, artefact.file);
  const growing = growingItems(artefact, path, onNews);
  return {
    artefact,
    growing,
    output: growing.output,
    begun: () => growing.begun(),
    items: () => growing.count(),
    sync: () => growing.sync(),
    finish: async () => {
      if (!growing.ended()) throw missing(artefact.name, 'end() was not called');
      return [{ path }];
    },
    fail: (error) => growing.fail(error),
  };
}

const nothing = async (): Promise<void> => undefined;

function jsonChannel(artefact: JsonArtefact<unknown>, folder: string): Channel {
  const path = join(folder, artefact.file);
  let written = false;
  const output: JsonOutput<unknown> = {
    write: async (value) => {
      const checked = artefact.schema.safeParse(value);
      if (!checked.success) throw missing(artefact.name, checked.error.message);
      await writeAtomically(path, `${JSON.stringify(checked.data)}\n`);
      written = true;
    },
  };
  return {
    artefact,
    output,
    begun: () => false,
    items: () => 0,
    sync: nothing,
    finish: async () => {
      if (!written) throw missing(artefact.name, 'write() was not called');
      return [{ path }];
    },
    fail: nothing,
  };
}

function bytesChannel(artefact: BytesArtefact, folder: string, onNews: () => void): Channel {
  const path = join(folder, artefact.file);
  let file: GrowingFile | undefined;
  let begun = false;
  const output: BytesOutput = {
    append: async (bytes) => {
      file ??= await GrowingFile.begin(path);
      await file.append(bytes);
      if (begun) return;
      begun = true;
      onNews();
    },
    patch: async (position, bytes) => file?.patch(position, bytes),
  };
  return {
    artefact,
    growing: () => file,
    output,
    begun: () => begun,
    items: () => 0,
    sync: async () => file?.sync(),
    finish: async () => {
      if (file === undefined) throw missing(artefact.name, 'nothing was written');
      await file.publish();
      return [{ path }];
    },
    fail: async (error) => file?.fail(error),
  };
}

function filesChannel(artefact: Artefact, folder: string): Channel {
  const written = new Map<string, Written>();
  const place = (name: string, about?: Readonly<Record<string, string>>): Written => {
    const path = join(folder, sanitizeFilename(name));
    return about === undefined ? { path } : { path, about };
  };
  const output: FilesOutput = {
    write: async (name, data, about) => {
      const file = place(name, about);
      await writeAtomically(file.path, data);
      written.set(file.path, file);
    },
    reserve: (name, about) => {
      const file = place(name, about);
      const path = besideName(file.path);
      const publish = async (): Promise<void> => {
        await publishFile(path, file.path);
        written.set(file.path, file);
      };
      return { path, publish };
    },
  };
  return {
    artefact,
    output,
    begun: () => false,
    items: () => 0,
    sync: nothing,
    finish: async () => [...written.values()],
    fail: nothing,
  };
}

function missing(artefact: string, problem: string): CpwError {
  return new CpwError('CPW_INTERNAL', `The output ${artefact} breaks its contract: ${problem}`, {
    details: { artefact },
  });
}

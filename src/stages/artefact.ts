import type { z } from 'zod';

/** A value that is written once, as JSON. */
export interface JsonArtefact<Value> {
  readonly kind: 'json';
  readonly name: string;
  readonly file: string;
  readonly schema: z.ZodType<Value>;
}

/**
 * A list that is read while it grows. Its file is one JSON object: the head, the tail, and the items
 * under `key`, each on a line of its own.
 */
export interface ItemsArtefact<Head, Item, Tail> {
  readonly kind: 'items';
  readonly name: string;
  readonly file: string;
  readonly key: string;
  /** What is known before the first item. */
  readonly head: z.ZodType<Head>;
  readonly item: z.ZodType<Item>;
  /** What is known after the last one. */
  readonly tail: z.ZodType<Tail>;
  /**
   * Says what is wrong with an item behind the one before it; undefined where nothing is. Checked
   * on writing and on reading, beside the schemas.
   */
  follows?(item: Item, before: Item | undefined): string | undefined;
}

/** One file of bytes that is read while it grows. */
export interface BytesArtefact {
  readonly kind: 'bytes';
  readonly name: string;
  readonly file: string;
}

/** Files whose names the stage chooses. */
export interface FilesArtefact {
  readonly kind: 'files';
  readonly name: string;
}

/** What one stage hands to others. Stages know artefacts by name, and never each other. */
export type Artefact =
  JsonArtefact<unknown> | ItemsArtefact<unknown, unknown, unknown> | BytesArtefact | FilesArtefact;

/** By the name under which a stage reads or writes them. */
export type Artefacts = Readonly<Record<string, Artefact>>;

/** A finished value. */
export interface JsonInput<Value> {
  /** Waits for the stage that writes it. */
  read(): Promise<Value>;
}

/** A value that nobody waits for before the stage begins. */
export interface LateInput<Value> {
  /** True where reading does not wait. */
  readonly ready: boolean;
  /** Waits for the stage that writes it; undefined where that was skipped or failed. */
  read(): Promise<Value | undefined>;
}

/** Values, by the name under which a stage reads them. */
export type JsonArtefacts = Readonly<Record<string, JsonArtefact<unknown>>>;

/** A list that is finished or grows. */
export interface ItemsInput<Head, Item, Tail> {
  /** Waits for the head. */
  head(): Promise<Head>;
  /** All items from the first on, each as soon as it is there; memory does not grow with their number. */
  items(): AsyncIterable<Item>;
  /** Waits for the end. */
  tail(): Promise<Tail>;
}

/** A file that is finished or grows. */
export interface BytesInput {
  /** The file's path where it is finished; undefined while it grows. */
  readonly path: string | undefined;
  /** Waits until the file is finished. */
  file(): Promise<string>;
  /** Its bytes from the first on, each as soon as it is written. */
  bytes(): AsyncIterable<Uint8Array>;
}

/** One of several files. */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
  /** What its stage says of it, e.g. the language. */
  readonly about: Readonly<Record<string, string>>;
}

/** Finished files. */
export interface FilesInput {
  list(): Promise<readonly NamedFile[]>;
}

/** How a value is written. */
export interface JsonOutput<Value> {
  /** Once; appears whole or not at all. */
  write(value: Value): Promise<void>;
}

/** How a list is written. */
export interface ItemsOutput<Head, Item, Tail> {
  /**
   * Begins the list. `keep`: how many items of an interrupted run stay (see `StageContext.checkpoint`);
   * resolves to the last of them.
   */
  begin(head: Head, options?: { readonly keep?: number }): Promise<Item | undefined>;
  /** Resolves when the item is on its way to the disk; awaiting it is the back-pressure. */
  write(item: Item): Promise<void>;
  end(tail: Tail): Promise<void>;
}

/** How a growing file is written. */
export interface BytesOutput {
  append(bytes: Uint8Array): Promise<void>;
  /** Overwrites bytes at the beginning, e.g. a header's lengths. Readers that are past it keep what they read. */
  patch(position: number, bytes: Uint8Array): Promise<void>;
}

/** How files are written. */
export interface FilesOutput {
  /** Appears whole or not at all. The name is made safe. */
  write(
    name: string,
    data: string | Uint8Array | AsyncIterable<string | Uint8Array>,
    about?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /**
   * For a program that writes by itself: it gets the path of a file beside, which `publish` puts in
   * its place.
   */
  reserve(
    name: string,
    about?: Readonly<Record<string, string>>,
  ): { readonly path: string; publish(): Promise<void> };
}

/** What a stage reads an artefact by. */
export type InputOf<A extends Artefact> =
  A extends JsonArtefact<infer Value>
    ? JsonInput<Value>
    : A extends ItemsArtefact<infer Head, infer Item, infer Tail>
      ? ItemsInput<Head, Item, Tail>
      : A extends BytesArtefact
        ? BytesInput
        : FilesInput;

/** What a stage writes an artefact by. */
export type OutputOf<A extends Artefact> =
  A extends JsonArtefact<infer Value>
    ? JsonOutput<Value>
    : A extends ItemsArtefact<infer Head, infer Item, infer Tail>
      ? ItemsOutput<Head, Item, Tail>
      : A extends BytesArtefact
        ? BytesOutput
        : FilesOutput;

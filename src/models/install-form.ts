import type { ParsedHubOptions } from '../options/download.js';
import type { Breaker } from '../network/breaker.js';
import type { OnDownload } from './download-event.js';
import type { Wait } from './retry.js';
import { installedFormats, type ModelFormat } from './layout.js';
import { lockPath } from './place-form.js';
import { withLock } from './store-lock.js';

/** How models are brought into the store. */
export interface InstallOptions {
  /** The store's folder, absolute. */
  readonly root: string;
  readonly hub: ParsedHubOptions;
  readonly signal?: AbortSignal | undefined;
  readonly onDownload?: OnDownload | undefined;
  /** Waits between attempts; tests pass one that does not. */
  readonly wait?: Wait | undefined;
  /** Asked before each request. */
  readonly breaker?: Breaker | undefined;
  /** True brings a form that is there already, too. */
  readonly overwrite?: boolean | undefined;
}

/** A form of a model that is in the store now. */
export interface InstalledForm {
  readonly name: string;
  readonly format: ModelFormat;
  readonly path: string;
  /** Of the file, or of the folder's model.bin. */
  readonly bytes: number;
  /** False where it was there already. */
  readonly isNew: boolean;
  /** Files whose contents nobody vouches for. */
  readonly unverified: readonly string[];
}

/**
 * Runs `bring` unless the form is there, while no other process works on the same model. `bring`
 * resolves to the files that nobody vouches for.
 */
export async function installOnce(
  name: string,
  format: ModelFormat,
  { bring, ...options }: InstallOptions & { bring: () => Promise<readonly string[]> },
): Promise<InstalledForm> {
  const { root, onDownload, overwrite = false, signal, wait } = options;
  const present = overwrite ? undefined : await formOf(root, name, format);
  if (present !== undefined) return { name, ...present, isNew: false, unverified: [] };
  const onWait = (holder: string): void => onDownload?.({ type: 'waiting', model: name, holder });
  return withLock(lockPath(root, name), { signal, wait, onWait }, async () => {
    // Another process may have brought it while this one waited.
    const meanwhile = overwrite ? undefined : await formOf(root, name, format);
    if (meanwhile !== undefined) return { name, ...meanwhile, isNew: false, unverified: [] };
    const unverified = await bring();
    const { path, bytes } = (await formOf(root, name, format)) ?? { path: '', bytes: 0 };
    onDownload?.({ type: 'installed', model: name, format, path, bytes, unverified });
    return { name, format, path, bytes, isNew: true, unverified };
  });
}

async function formOf(
  root: string,
  name: string,
  format: ModelFormat,
): Promise<{ format: ModelFormat; path: string; bytes: number } | undefined> {
  return (await installedFormats(root, name)).find((form) => form.format === format);
}

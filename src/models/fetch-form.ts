import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CpwError } from '../errors.js';
import { detectModel } from './detect-model.js';
import { checkDiskSpace } from './disk-space.js';
import { shownUrl } from './download-errors.js';
import { fetchFile, type FetchedFile, type FetchOptions } from './download-file.js';
import type { Retry } from './download-retry.js';
import { openHub, type HubClient } from './hub-client.js';
import { filesOf } from './hub-files.js';
import { installOnce, type InstalledForm, type InstallOptions } from './install-form.js';
import { modelPath } from './layout.js';
import { placeForm, stagingFolder } from './place-form.js';
import type { ModelFile, ModelSource, RegistryEntry } from './registry.js';

/** A published form of a known model. */
interface Published {
  readonly entry: RegistryEntry;
  readonly format: 'ctranslate2' | 'ggml';
  readonly source: ModelSource;
}

/**
 * Fetches a published form of a known model, unless it is there. What an earlier run left is gone
 * on with. Throws CPW_DOWNLOAD_FAILED, CPW_MODEL_NOT_FOUND, CPW_MODEL_INCOMPATIBLE,
 * CPW_OUT_OF_MEMORY.
 */
export async function fetchForm(
  entry: RegistryEntry,
  format: 'ctranslate2' | 'ggml',
  options: InstallOptions,
): Promise<InstalledForm> {
  const source = entry.sources[format];
  if (source === undefined) throw notPublished(entry, format);
  const bring = async (): Promise<readonly string[]> => {
    const client = spared(await openHub(options.hub), options.breaker);
    try {
      return await fetchAll(client, { entry, format, source }, options);
    } finally {
      await client.close();
    }
  };
  return installOnce(entry.name, format, { ...options, bring });
}

/** The same client, which asks nothing while the breaker is open. */
function spared(client: HubClient, breaker: InstallOptions['breaker']): HubClient {
  if (breaker === undefined) return client;
  return { ...client, get: (url, options) => breaker.run(() => client.get(url, options)) };
}

async function fetchAll(
  client: HubClient,
  { entry, format, source }: Published,
  options: InstallOptions,
): Promise<readonly string[]> {
  const { root, signal, wait, onDownload, hub } = options;
  const model = entry.name;
  const onRetry = ({ error, ...retry }: Retry): void =>
    onDownload?.({ type: 'retry', model, ...retry, reason: error.message });
  const files = await filesOf(client, source, { signal, wait, onRetry });
  const total = totalOf(files);
  const totalBytes = total === undefined ? {} : { totalBytes: total };
  const from = shownUrl(`${hub.endpoint.replace(/\/+$/u, '')}/${source.repository}`);
  onDownload?.({ type: 'fetching', model, format, from, ...totalBytes });
  const staging = stagingFolder(root, model, format);
  await checkDiskSpace(`Model ${model}`, root, (total ?? 0) - (await sizeOf(staging, files)));
  const fetched = new Map<string, FetchedFile>();
  let before = 0;
  for (const file of files) {
    const onBytes = (received: number): void => {
      const receivedBytes = before + received;
      onDownload?.({ type: 'progress', model, format, receivedBytes, ...totalBytes });
    };
    const target = { name: targetName(file, { entry, format, root }), staging };
    const inner: FetchOptions = { signal, wait, onRetry, onBytes };
    const done = await fetchOne(client, { file, source, target }, inner);
    before += done.bytes;
    fetched.set(target.name, done);
  }
  if (entry.role !== 'translator') await checkKind(entry, { staging, format, root });
  const recorded = [...fetched].map(([path, { bytes, sha256, url, verifiedBy }]) => {
    return { path, bytes, sha256, url, verifiedBy };
  });
  const record = { origin: 'fetched', files: recorded };
  await placeForm({ root, name: model, format, staging, record });
  return recorded.filter(({ verifiedBy }) => verifiedBy === 'nobody').map(({ path }) => path);
}

/** Files of earlier runs have their name already, and are looked at again. */
async function fetchOne(
  client: HubClient,
  wish: {
    readonly file: ModelFile;
    readonly source: ModelSource;
    readonly target: { readonly name: string; readonly staging: string };
  },
  options: FetchOptions,
): Promise<FetchedFile> {
  const { file, source, target } = wish;
  const { path, bytes, sha256 } = file;
  const url = client.fileUrl(source.repository, source.revision, path);
  return fetchFile(
    client,
    { url, target: join(target.staging, target.name), bytes, sha256 },
    options,
  );
}

/** ggml files have names of their own at their hubs and one scheme here. */
function targetName(
  file: ModelFile,
  { entry, format, root }: { entry: RegistryEntry; format: 'ctranslate2' | 'ggml'; root: string },
): string {
  return format === 'ggml' ? basename(modelPath(root, entry.name, 'ggml')) : file.path;
}

function totalOf(files: readonly ModelFile[]): number | undefined {
  let total = 0;
  for (const { bytes } of files) {
    if (bytes === undefined) return undefined;
    total += bytes;
  }
  return total;
}

async function sizeOf(staging: string, files: readonly ModelFile[]): Promise<number> {
  const names = files.flatMap(({ path }) => [path, `${path}.part`]);
  const sizes = names.map((name) => stat(join(staging, name)).catch(() => undefined));
  return (await Promise.all(sizes)).reduce((sum, info) => sum + (info?.size ?? 0), 0);
}

/** What came has the right hash; that it can be loaded is another question where none was known. */
async function checkKind(
  entry: RegistryEntry,
  { staging, format, root }: { staging: string; format: 'ctranslate2' | 'ggml'; root: string },
): Promise<void> {
  const file = join(staging, basename(modelPath(root, entry.name, 'ggml')));
  const expected =
    entry.role === 'speech-detector'
      ? 'ggml-silero'
      : format === 'ggml'
        ? 'ggml-whisper'
        : entry.role === 'translator'
          ? 'ctranslate2-translation'
          : 'ctranslate2-whisper';
  const path = format === 'ggml' ? file : staging;
  try {
    const { kind } = await detectModel(path);
    if (kind === expected) return;
    throw wrongKind(entry, `it is ${kind}`);
  } catch (error) {
    // The same bytes would be found again: the next run begins anew.
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

function wrongKind({ name }: RegistryEntry, problem: string): CpwError {
  return new CpwError(
    'CPW_MODEL_INCOMPATIBLE',
    `What the hub sent for model '${name}' cannot be used: ${problem}. ` +
      'Next step: check the endpoint (HF_ENDPOINT, --endpoint).',
    { details: { model: name } },
  );
}

function notPublished({ name, sources }: RegistryEntry, format: string): CpwError {
  const known = Object.keys(sources);
  return new CpwError(
    'CPW_MODEL_NOT_FOUND',
    `Model '${name}' is not published as ${format}. ` +
      `Next step: cpw-native models pull ${name} --format ${known.join(' or ')}.`,
    { details: { model: name, format, known } },
  );
}

import { resolve } from 'node:path';
import { hubOptionsSchema, type HubOptions } from '../options/download.js';
import { parseOptions } from '../options/parse.js';
import type { ModelWish } from './choose-format.js';
import type { OnDownload } from './download-event.js';
import type { Wait } from './retry.js';
import { fetchForm } from './fetch-form.js';
import type { Breaker } from '../network/breaker.js';
import { planFetch, type FetchStep } from './fetch-plan.js';
import type { InstalledForm } from './install-form.js';
import { installedFormats, isModelName, modelsRoot } from './layout.js';
import { makeForm } from './make-form.js';
import { canonicalName, findModel, SPEECH_DETECTOR, type RegistryEntry } from './registry.js';

/** How a missing model is brought. */
export interface EnsureOptions {
  /** The store; {@link modelsRoot} when absent. */
  readonly root?: string | undefined;
  readonly download: 'auto' | 'never';
  readonly hub?: HubOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onDownload?: OnDownload | undefined;
  readonly wait?: Wait | undefined;
  readonly breaker?: Breaker | undefined;
}

/**
 * Brings what a wish needs of a model that is known by name and not installed in that form; paths
 * and names of the user's own are left to `resolveModel`. With `never` nothing is fetched, but a
 * form may still be made of another that is there.
 */
export async function ensureModel(
  nameOrPath: string,
  wish: ModelWish,
  options: EnsureOptions,
): Promise<readonly InstalledForm[]> {
  const root = resolve(options.root ?? modelsRoot());
  const { name, entry, steps } = await missingSteps(nameOrPath, wish, root);
  // Half of a plan would leave a store that nobody asked for.
  if (options.download === 'never' && steps.some(({ step }) => step === 'fetch')) return [];
  const hub = parseOptions(hubOptionsSchema, options.hub ?? {}, { subject: 'download' });
  const install = { ...options, root, hub };
  const forms: InstalledForm[] = [];
  for (const step of steps) {
    if (step.step === 'make') forms.push(await makeForm(name, step.format, install));
    else if (entry !== undefined) forms.push(await fetchForm(entry, step.format, install));
  }
  return forms;
}

/** What {@link ensureModel} would do for a model, in order. */
export async function missingSteps(
  nameOrPath: string,
  wish: ModelWish,
  root: string = modelsRoot(),
): Promise<{ name: string; entry: RegistryEntry | undefined; steps: readonly FetchStep[] }> {
  const name = canonicalName(nameOrPath);
  const entry = findModel(name);
  const none = { name, entry, steps: [] };
  if (!isModelName(name) || (entry !== undefined && entry.role !== 'recognizer')) return none;
  const installed = (await installedFormats(root, name)).map(({ format }) => format);
  if (entry === undefined && installed.length === 0) return none;
  const published = (['ctranslate2', 'ggml'] as const).filter(
    (format) => entry?.sources[format] !== undefined,
  );
  return { name, entry, steps: planFetch(wish, { installed, published }) };
}

/** Brings the speech detector where it is missing and may be fetched. */
export async function ensureSpeechDetector(options: EnsureOptions): Promise<void> {
  const root = resolve(options.root ?? modelsRoot());
  if (options.download === 'never') return;
  if ((await installedFormats(root, SPEECH_DETECTOR)).length > 0) return;
  const entry = findModel(SPEECH_DETECTOR);
  if (entry === undefined) return;
  const hub = parseOptions(hubOptionsSchema, options.hub ?? {}, { subject: 'download' });
  await fetchForm(entry, 'ggml', { ...options, root, hub });
}

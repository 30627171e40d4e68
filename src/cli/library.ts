import { modelsRoot } from '../models/layout.js';
import type { HubOptions } from '../options/download.js';
import { userCacheDir } from '../native/user-cache-dir.js';
import type { GeneralOptions } from '../options/general.js';

// Commands reach the library through dynamic imports here: help, usage errors and files that do
// not exist need neither the engines nor the addon.

/** The class that transcribes. */
export async function recognizerClass(): Promise<
  (typeof import('../engines/recognizer.js'))['Recognizer']
> {
  return (await import('../engines/recognizer.js')).Recognizer;
}

/** The folder of the models by its option, else by XDG_CACHE_HOME. */
export function modelsDirOf(options: {
  readonly modelsDir?: string | undefined;
}): string | undefined {
  const cacheHome = valueOf('XDG_CACHE_HOME');
  return options.modelsDir ?? (cacheHome === undefined ? undefined : modelsRoot(cacheHome));
}

/** The folder of the hardware cache by its option, else by XDG_CACHE_HOME. */
export function cacheDirOf(options: { readonly cacheDir?: string | undefined }): string {
  return options.cacheDir ?? userCacheDir(valueOf('XDG_CACHE_HOME'));
}

/** A command's options of models with the folders spelt out, and nothing fetched where --offline forbids it. */
export function modelOptionsOf<Options extends ModelOptions>(
  options: Options,
  { offline }: Pick<GeneralOptions, 'offline'>,
): Options & { readonly cacheDir: string } {
  const download = offline ? ('never' as const) : options.download;
  const cacheDir = cacheDirOf(options);
  return { ...options, modelsDir: modelsDirOf(options), cacheDir, download };
}

interface ModelOptions {
  readonly modelsDir?: string | undefined;
  readonly cacheDir?: string | undefined;
  readonly download: 'auto' | 'never';
}

function valueOf(variable: string): string | undefined {
  const value = process.env[variable];
  return value === '' ? undefined : value;
}

/** How models are fetched by flag, else by the variables that the hub's own tools and curl read. */
export function hubOf(flags: { readonly endpoint?: string | undefined } = {}): HubOptions {
  const either = (name: string): string | undefined => valueOf(name.toLowerCase()) ?? valueOf(name);
  const proxy = (name: string): string | undefined => {
    const value = either(name);
    return value === undefined || value.includes('://') ? value : `http://${value}`;
  };
  const settings = {
    endpoint: flags.endpoint ?? valueOf('HF_ENDPOINT'),
    token: valueOf('HF_TOKEN')?.trim(),
    httpProxy: proxy('HTTP_PROXY'),
    httpsProxy: proxy('HTTPS_PROXY'),
    noProxy: either('NO_PROXY'),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

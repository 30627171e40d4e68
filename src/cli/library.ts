import { modelsRoot } from '../models/layout.js';
import type { NativeLogLevel } from '../native/addon.js';
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

function valueOf(variable: string): string | undefined {
  const value = process.env[variable];
  return value === '' ? undefined : value;
}

/** Sends the engines' log lines to standard error as JSON, from the level that was asked for. */
export async function startLog({ verbose, logLevel }: GeneralOptions): Promise<void> {
  const level = logLevel ?? (verbose ? 'debug' : undefined);
  if (level === undefined) return;
  const [{ pino }, { loadAddon }] = await Promise.all([
    import('pino'),
    import('../native/load.js'),
  ]);
  const logger = pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  loadAddon().setLogSink((at: NativeLogLevel, message: string) => logger[at](message.trimEnd()));
}

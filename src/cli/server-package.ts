import type { LoadContext } from '../engines/load-recognizer.js';
import type { ModelPool } from '../engines/model-pool.js';
import { CpwError } from '../errors.js';
import type { ParsedBatchMetricsOptions } from '../options/metrics.js';
import type { ParsedServerOptions } from '../options/server.js';
import type { PipelineEvent } from '../pipeline/pipeline-events.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { Logger } from 'pino';

/** What the command line calls of the server's package; a type test holds the package to it. */
export interface ServerPackage {
  serve(
    request: {
      readonly options: ParsedServerOptions;
      readonly served: {
        readonly model: string;
        readonly options: Readonly<Record<string, unknown>>;
        readonly load?: Omit<LoadContext, 'signal'>;
      };
      readonly apiKeys: readonly string[];
      readonly models: ModelPool;
      readonly pipeline: Pipeline;
    },
    context: {
      readonly logger: Logger;
      readonly signal: AbortSignal;
      readonly onListening?: (address: string) => void;
    },
  ): Promise<void>;
  watchRuns(options: ParsedBatchMetricsOptions): RunWatch;
}

/** Watches the jobs of a run that serves nothing, for its metrics. */
export interface RunWatch {
  begin(job: { readonly id: string; readonly workflow: string }): {
    onEvent(event: PipelineEvent): void;
    ended(state: 'completed' | 'failed' | 'cancelled'): void;
  };
  close(): Promise<void>;
}

/** What watches a run, where its metrics are wanted; undefined where not. */
export async function runWatch(options: ParsedBatchMetricsOptions): Promise<RunWatch | undefined> {
  const { metricsTextfile, metricsPush } = options;
  if (metricsTextfile === undefined && metricsPush === undefined) return undefined;
  return (await serverPackage()).watchRuns(options);
}

const packageName = '@cpw-native/server';

/**
 * The package of the server, which the core neither installs nor loads on its own. Throws
 * CPW_BINARY_NOT_FOUND where it is missing.
 */
export async function serverPackage(): Promise<ServerPackage> {
  try {
    // By a variable: the core is compiled and checked where that package is not there.
    return (await import(packageName)) as ServerPackage;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(packageName)) throw cause;
    throw new CpwError(
      'CPW_BINARY_NOT_FOUND',
      `This needs the package ${packageName}, which is not installed. ` +
        `Next step: npm install ${packageName}, at the version of cpw-native.`,
      { cause, details: { package: packageName } },
    );
  }
}

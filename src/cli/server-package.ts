import type { LoadContext } from '../engines/load-recognizer.js';
import type { ModelPool } from '../engines/model-pool.js';
import { CpwError } from '../errors.js';
import type { ParsedBatchMetricsOptions } from '../options/metrics.js';
import type { ParsedBackupOptions } from '../options/backup.js';
import type { ParsedRetryOptions } from '../options/faults.js';
import type { ParsedNoticeOptions } from '../options/notices.js';
import type { ParsedReportingOptions } from '../options/reporting.js';
import type { ParsedServerOptions } from '../options/server.js';
import type { ParsedTracingOptions } from '../options/tracing.js';
import type { JobRequest } from '../pipeline/job.js';
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
      readonly notices?: NoticeRequest;
      readonly reporting?: ReportingRequest;
    },
    context: {
      readonly logger: Logger;
      readonly signal: AbortSignal;
      readonly onListening?: (address: string) => void;
    },
  ): Promise<void>;
  watchRuns(options: ParsedBatchMetricsOptions & ParsedTracingOptions): Promise<RunWatch>;
}

/** Watches the jobs of a run that serves nothing, for its metrics and traces. */
export interface RunWatch {
  begin(job: Pick<JobRequest, 'id' | 'workflow' | 'input' | 'traceparent'>): {
    onEvent(event: PipelineEvent): void;
    ended(state: 'completed' | 'failed' | 'cancelled', error?: unknown): void;
  };
  close(): Promise<void>;
}

/** What watches a run, where its metrics or traces are wanted; undefined where not. */
export async function runWatch(
  options: ParsedBatchMetricsOptions & ParsedTracingOptions,
): Promise<RunWatch | undefined> {
  const { metricsTextfile, metricsPush, otlpEndpoint } = options;
  const wanted = [metricsTextfile, metricsPush, otlpEndpoint].some((one) => one !== undefined);
  return wanted ? (await serverPackage()).watchRuns(options) : undefined;
}

/** Who is told of jobs that fail. */
export interface NoticeRequest {
  readonly options: ParsedNoticeOptions;
  readonly smtpPassword?: string | undefined;
  readonly logFile?: string | undefined;
  readonly retry?: ParsedRetryOptions | undefined;
}

/** The part of the package that tells of jobs that fail. */
export interface NotifyPart {
  createNotifier(
    request: NoticeRequest,
    context: {
      readonly logger: {
        info(fields: object, message: string): void;
        warn(fields: object, message: string): void;
      };
    },
  ): {
    jobFailed(failure: { readonly job: string; readonly error: unknown }): Promise<void>;
    close(): void;
  };
}

/** A file that a backup keeps. */
export interface BackupFile {
  readonly kind: 'config' | 'secrets' | 'hardware' | 'glossary' | 'job';
  readonly path: string;
  /** Where it belongs: absolute, but for jobs, which lie under the folder of jobs. */
  readonly target: string;
}

interface BackupContext {
  readonly signal: AbortSignal;
}

/** Where secrets are, and what opens them. */
export interface SecretsPlace {
  readonly file: string;
  readonly keyFile: string;
}

/** The part of the package that encrypts: it makes and restores backups, and keeps secrets. */
export interface BackupPart {
  readSecrets(place: SecretsPlace): Promise<Readonly<Record<string, string>>>;
  writeSecrets(secrets: Readonly<Record<string, string>>, place: SecretsPlace): Promise<void>;
  makeKeyFile(path: string): Promise<string>;
  createBackup(
    files: readonly BackupFile[],
    options: ParsedBackupOptions,
    context: BackupContext,
  ): Promise<{ readonly name: string; readonly place: string; readonly files: number }>;
  listBackups(
    options: ParsedBackupOptions,
    context: BackupContext,
  ): Promise<readonly { readonly name: string; readonly bytes: number; readonly place: string }[]>;
  pruneBackups(options: ParsedBackupOptions, context: BackupContext): Promise<readonly string[]>;
  restoreBackup(
    request: {
      readonly name: string;
      readonly placeOf: (entry: Pick<BackupFile, 'kind' | 'target'>) => string;
      readonly overwrite: boolean;
      readonly dryRun: boolean;
    },
    options: ParsedBackupOptions,
    context: BackupContext,
  ): Promise<{ readonly name: string; readonly files: readonly string[] }>;
}

/** Where errors are reported to. */
export interface ReportingRequest {
  readonly dsn: string;
  readonly options: ParsedReportingOptions;
  readonly release?: string | undefined;
}

/** The part of the package that reports errors. */
export interface ReportingPart {
  openErrorReports(request: ReportingRequest): Promise<{
    jobFailed(failure: { readonly job: string; readonly error: unknown }): Promise<void>;
    close(): Promise<void>;
  }>;
}

/** The parts that the command line loads by themselves. */
interface ServerParts {
  readonly backup: BackupPart;
  readonly notify: NotifyPart;
  readonly reporting: ReportingPart;
}

const packageName = '@cpw-native/server';

/**
 * The package of the server, which the core neither installs nor loads on its own. Throws
 * CPW_BINARY_NOT_FOUND where it is missing.
 */
export async function serverPackage(): Promise<ServerPackage> {
  return (await load(packageName)) as ServerPackage;
}

/** One part of it, without the weight of the rest. Throws as {@link serverPackage}. */
export async function serverPart<Name extends keyof ServerParts>(
  name: Name,
): Promise<ServerParts[Name]> {
  return (await load(`${packageName}/${name}`)) as ServerParts[Name];
}

async function load(name: string): Promise<unknown> {
  try {
    // By a variable: the core is compiled and checked where that package is not there.
    return await import(name);
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

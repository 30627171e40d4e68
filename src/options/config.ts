import { z } from 'zod';
import { backupOptionsSchema } from './backup.js';
import { describeOptions, flagOf, type OptionRow } from './describe.js';
import { faultOptionsSchema } from './faults.js';
import { generalOptionsSchema } from './general.js';
import { glossaryOptionsSchema } from './glossary.js';
import { logOptionsSchema } from './log.js';
import { batchMetricsOptionsSchema } from './metrics.js';
import { noticeOptionsSchema } from './notices.js';
import { outputOptionsSchema } from './output.js';
import { pipelineOptionsSchema } from './pipeline.js';
import { subtitleCommandSchema, translationWorkSchema } from './subtitle-command.js';
import { modelOptionsSchema, recognizerOptionsSchema } from './recognizer.js';
import { reportingOptionsSchema } from './reporting.js';
import { serverOptionsSchema } from './server.js';
import { transcribeOptionsSchema } from './transcribe.js';
import { translateCommandSchema } from './translate-command.js';

/**
 * The schemas whose options a configuration file, a job file and `CPW_` variables may set. Every
 * option has one path over all of them: `vad.threshold` is `--vad-threshold` and
 * `CPW_VAD_THRESHOLD`.
 */
export const configSchemas = {
  model: modelOptionsSchema,
  recognizer: recognizerOptionsSchema,
  transcribe: transcribeOptionsSchema,
  output: outputOptionsSchema,
  glossary: glossaryOptionsSchema,
  translate: translationWorkSchema,
  subtitle: subtitleCommandSchema,
  translateCommand: translateCommandSchema.pick({ transcribeModel: true }),
  jobs: pipelineOptionsSchema.pick({ jobsDir: true }),
  faults: faultOptionsSchema,
  notices: noticeOptionsSchema,
  backup: backupOptionsSchema,
  reporting: reportingOptionsSchema,
  server: serverOptionsSchema,
  batchMetrics: batchMetricsOptionsSchema,
  log: logOptionsSchema,
  general: generalOptionsSchema,
};

/** Keys of a file that are no options. */
const fileKeys = {
  $schema: z.string().optional().describe('Address of the JSON schema, for editors; not read'),
};

/** Keys of a job file alone. */
const jobKeys = {
  inputs: z
    .array(z.string().min(1))
    .optional()
    .describe('Files to transcribe, where the command line names none. Unset: none'),
};

const shared = new Map<string, z.ZodType>(
  Object.values(configSchemas).flatMap((schema) => Object.entries(schema.shape)),
);

/** Every option that a file or a variable may set. */
export function configRows(): readonly OptionRow[] {
  return Object.values(configSchemas).flatMap((schema) => describeOptions(schema));
}

/**
 * True where a command's option is the one of the configuration, and not another of the same name
 * (`models convert` has an --overwrite of its own).
 */
export function isConfigurable(schema: z.ZodType, row: OptionRow): boolean {
  const key = row.path[0] ?? '';
  return schema instanceof z.ZodObject && schema.shape[key] === shared.get(key);
}

/** `vad.speechPadMs` → `CPW_VAD_SPEECH_PAD_MS` */
export function variableOf(path: readonly string[]): string {
  return `CPW_${flagOf(path).replaceAll('-', '_').toUpperCase()}`;
}

/** What a file's values are checked against, its keys' names and types: for editors and `config schema`. */
export function fileSchema(kind: 'config' | 'job'): z.ZodType {
  const keys = kind === 'job' ? { ...fileKeys, ...jobKeys } : fileKeys;
  return z.strictObject({ ...keys, ...Object.fromEntries(shared) });
}

/** The keys of a file beside the options. */
export function extraKeys(kind: 'config' | 'job'): readonly string[] {
  return Object.keys(kind === 'job' ? { ...fileKeys, ...jobKeys } : fileKeys);
}

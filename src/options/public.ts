// What cpw-native/options gives to packages that build on this one: the schemas, with their defaults.
export { backupOptionsSchema, type ParsedBackupOptions } from './backup.js';
export { configSchemas } from './config.js';
export {
  batchMetricsOptionsSchema,
  metricsOptionsSchema,
  type ParsedBatchMetricsOptions,
} from './metrics.js';
export {
  faultOptionsSchema,
  retryOptionsSchema,
  type FaultOptions,
  type ParsedFaultOptions,
  type ParsedRetryOptions,
  type RetryOptions,
} from './faults.js';
export { noticeOptionsSchema, type NoticeOptions, type ParsedNoticeOptions } from './notices.js';
export { parseOptions } from './parse.js';
export { recognizerOptionsSchema } from './recognizer.js';
export { reportingOptionsSchema, type ParsedReportingOptions } from './reporting.js';
export { serverOptionsSchema, type ParsedServerOptions, type ServerOptions } from './server.js';
export { tracingOptionsSchema, type ParsedTracingOptions } from './tracing.js';
export { isSubtitleFormat } from './output.js';
export { transcribeOptionsSchema } from './transcribe.js';
export {
  alignmentOptionsSchema,
  exportOptionsSchema,
  hallucinationOptionsSchema,
  muxStageOptionsSchema,
  subtitleGenerationOptionsSchema,
  translationOptionsSchema,
} from './stages.js';
export { translatorOptionsOf } from './translator.js';

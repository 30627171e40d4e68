import { faultOptionsSchema } from './faults.js';
import { logOptionsSchema } from './log.js';
import { batchMetricsOptionsSchema } from './metrics.js';
import { noticeOptionsSchema } from './notices.js';
import { reportingOptionsSchema } from './reporting.js';
import { tracingOptionsSchema } from './tracing.js';

/** What every command accepts that runs jobs, beside what its stages are told. */
export const jobRunSchemas = {
  faults: faultOptionsSchema,
  metrics: batchMetricsOptionsSchema,
  tracing: tracingOptionsSchema,
  log: logOptionsSchema,
  notices: noticeOptionsSchema,
  reporting: reportingOptionsSchema,
};

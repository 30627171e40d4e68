import { z } from 'zod';

const group = 'Metrics';

/** How a server shows its metrics. */
export const metricsOptionsSchema = z.strictObject({
  metricsPublic: z
    .boolean()
    .default(false)
    .describe('Serve /metrics without a key. false: it needs one where keys are configured')
    .meta({ group }),
});

/** Where a run that serves nothing leaves its metrics. */
export const batchMetricsOptionsSchema = z.strictObject({
  metricsTextfile: z
    .string()
    .min(1, 'is empty; name a file or leave it out')
    .regex(/\.prom$/u, 'does not end in .prom, and no collector would read it')
    .optional()
    .describe(
      "File for the textfile collector of Prometheus's node_exporter, written at the run's end; " +
        'it ends in .prom. Needs the package @cpw-native/server. Unset: none',
    )
    .meta({ group }),
  metricsPush: z
    .url({ protocol: /^https?$/u, error: 'is no http address; give the one of a Pushgateway' })
    .optional()
    .describe(
      "Address of a Prometheus Pushgateway that gets the metrics at the run's end, as the job " +
        'cpw_native. Needs the package @cpw-native/server. Unset: none',
    )
    .meta({ group }),
});

/** {@link batchMetricsOptionsSchema} with every default filled in. */
export type ParsedBatchMetricsOptions = z.output<typeof batchMetricsOptionsSchema>;

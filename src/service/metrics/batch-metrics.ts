import type { EventEmitter } from 'node:events';
import { CpwError, writeAtomically } from 'cpw-native';
import type { ParsedBatchMetricsOptions } from 'cpw-native/options';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ServiceNews } from '../service.js';
import { reasonOf } from '../reason-of.js';
import { countNetwork } from './count-network.js';
import { countNews } from './count-news.js';
import { createPipelineMetrics } from './pipeline-metrics.js';

/** How long a Pushgateway may take, in ms. */
const pushMs = 10_000;

/** Counts a run; `leave` leaves its metrics where they were wanted. */
export function batchMetrics(
  news: EventEmitter<ServiceNews>,
  { metricsTextfile, metricsPush }: ParsedBatchMetricsOptions,
): { leave(): Promise<void> } {
  const registry = new Registry();
  const metrics = createPipelineMetrics(registry);
  countNews(news, metrics);
  const stop = countNetwork(metrics);
  const ended = new Gauge({
    name: 'pipeline_run_end_timestamp_seconds',
    help: 'When the run ended, so that one that no longer comes is noticed',
    registers: [registry],
  });
  // Not for the file: node_exporter has a process of its own to tell of.
  const ofProcess = new Registry();
  if (metricsPush !== undefined) collectDefaultMetrics({ register: ofProcess });
  return {
    leave: async () => {
      stop();
      ended.setToCurrentTime();
      const text = await registry.metrics();
      if (metricsTextfile !== undefined) await writeTextfile(metricsTextfile, text);
      if (metricsPush !== undefined) await push(metricsPush, text + (await ofProcess.metrics()));
    },
  };
}

/** The collector reads at any moment: the file appears whole. */
async function writeTextfile(file: string, text: string): Promise<void> {
  try {
    await writeAtomically(file, text);
  } catch (cause) {
    throw new CpwError(
      'CPW_FILE_NOT_FOUND',
      `The metrics could not be written to ${JSON.stringify(file)}: ${reasonOf(cause)}. ` +
        'Next step: name a file in a folder that exists and may be written.',
      { cause, details: { file } },
    );
  }
}

async function push(address: string, text: string): Promise<void> {
  const base = address.endsWith('/') ? address : `${address}/`;
  const url = new URL('metrics/job/cpw_native', base);
  try {
    const response = await fetch(url, {
      // In the place of the last run's: what it counted is over.
      method: 'PUT',
      headers: { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE },
      body: text,
      signal: AbortSignal.timeout(pushMs),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`it answered ${response.status}`);
  } catch (cause) {
    throw new CpwError(
      'CPW_DOWNLOAD_FAILED',
      `The metrics could not be pushed to ${url.origin}: ${reasonOf(cause)}. ` +
        'Next step: check that a Pushgateway listens there.',
      { cause, details: { url: url.origin } },
    );
  }
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { Pipeline, type PipelineOptions, type RunContext } from '../../src/pipeline/pipeline.js';
import type { PipelineEvent } from '../../src/pipeline/pipeline-events.js';
import type { JobResult } from '../../src/pipeline/run-job.js';
import { wavOf } from './media.js';
import { scriptedEngines } from './scripted-engines.mjs';

type Script = NonNullable<Parameters<typeof scriptedEngines>[0]> & { readonly seconds?: number };

/** A pipeline to be watched. */
export interface Scene {
  readonly pipeline: Pipeline;
  readonly calls: ReturnType<typeof scriptedEngines>['calls'];
  readonly input: string;
  readonly events: PipelineEvent[];
  readonly run: (
    options?: Record<string, Record<string, unknown>>,
    context?: RunContext,
  ) => Promise<JobResult>;
  /** What became of each stage in the run that was watched last. */
  readonly states: () => Record<string, string>;
}

/** A pipeline with scripted engines, and ten seconds of sound. */
export function scene(t: Test, script: Script = {}, more: PipelineOptions = {}): Scene {
  const folder = t.testdir();
  const input = join(folder, 'talk.wav');
  writeFileSync(input, wavOf(new Int16Array(16_000 * (script.seconds ?? 10))));
  const { seconds: _, ...rest } = script;
  const { engines, calls } = scriptedEngines({ windowMs: 1, ...rest });
  const { engines: others, ...options } = more;
  const jobsDir = join(folder, 'jobs');
  const pipeline = new Pipeline({ jobsDir, engines: { ...engines, ...others }, ...options });
  t.teardown(() => pipeline.close());
  const events: PipelineEvent[] = [];
  const run: Scene['run'] = (options = {}, context = {}) => {
    events.length = 0;
    const job = { workflow: 'transcribe' as const, input, options };
    return pipeline.run(job, { onEvent: (event) => void events.push(event), ...context });
  };
  const states = (): Record<string, string> => statesOf(events);
  return { pipeline, calls, input, events, run, states };
}

/** What became of each stage last. */
export function statesOf(events: readonly PipelineEvent[]): Record<string, string> {
  return Object.fromEntries(
    events.flatMap((event) => (event.type === 'stage' ? [[event.stage, event.state]] : [])),
  );
}

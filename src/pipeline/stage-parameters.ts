import type { Artefact } from '../stages/artefact.js';
import { canonicalJson } from './canonical-json.js';
import type { RunState, StageNode } from './run-state.js';
import type { Source } from './stage-sources.js';

/** A stage's input as it is found. */
export interface FoundInput {
  readonly key: string;
  readonly artefact: Artefact;
  readonly source: Source;
}

/** What a stage's result depends on beside its inputs, as the manifest keeps it. */
export async function parametersOf(
  run: RunState,
  { plan }: StageNode,
): Promise<Record<string, unknown>> {
  const { stage, options } = plan;
  const given = await (stage.parameters?.(options, run) ?? options);
  return JSON.parse(canonicalJson(given ?? {})) as Record<string, unknown>;
}

import { basename, join } from 'node:path';
import type { NamedFile } from '../stages/artefact.js';
import type { Job } from './job.js';
import type { StageRecord } from './manifest.js';

/** The finished files of an artefact, of the last stage that made it. */
export function filesOf(
  job: Job,
  stages: ReadonlyMap<string, StageRecord>,
  artefact: string,
): readonly NamedFile[] {
  const makers = [...stages.values()].filter(
    ({ status, outputs }) =>
      status === 'completed' && outputs.some((output) => output.artefact === artefact),
  );
  const outputs = makers.at(-1)?.outputs ?? [];
  return outputs
    .filter((output) => output.artefact === artefact)
    .map(({ path, about = {} }) => ({
      name: basename(path),
      path: join(job.folder, path),
      about,
    }));
}

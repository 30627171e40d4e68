import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Test } from 'tap';
import { finishedItems } from '../../src/pipeline/finished-items.js';
import type { JobResult } from '../../src/pipeline/run-job.js';
import type { AnyStage } from '../../src/stages/stage.js';

/**
 * What every stage keeps to, of one that has run: it is recorded with its inputs, parameters and
 * figures, its outputs are where and what the manifest says, have their artefacts' shapes, and are all
 * that lies in its folder.
 */
export async function stageContract(t: Test, stage: AnyStage, result: JobResult): Promise<void> {
  const record = result.stages.get(stage.id);
  t.equal(record?.status, 'completed', `${stage.id} is completed`);
  if (record === undefined) return;
  t.equal(record.version, stage.version);
  t.match(record, {
    startedAt: /^\d{4}-/u,
    endedAt: /^\d{4}-/u,
    resources: { wallS: Number, peakRssMb: Number },
  });
  for (const artefact of Object.values(stage.inputs)) {
    t.ok(
      record.inputs.some((input) => input.artefact === artefact.name),
      `${stage.id} has recorded its input ${artefact.name}`,
    );
  }
  const declared = Object.values(stage.outputs);
  for (const output of record.outputs) {
    const path = join(result.job.folder, output.path);
    const bytes = readFileSync(path);
    t.equal(bytes.length, output.bytes);
    t.equal(createHash('sha256').update(bytes).digest('hex'), output.sha256, output.path);
    const artefact = declared.find(({ name }) => name === output.artefact);
    if (artefact?.kind === 'json')
      t.ok(artefact.schema.safeParse(JSON.parse(bytes.toString())).success);
    if (artefact?.kind === 'items') {
      for await (const _item of finishedItems(artefact, path).items());
    }
    t.ok(artefact, `${output.path} is declared`);
  }
  for (const { kind, name } of declared) {
    if (kind !== 'files')
      t.ok(
        record.outputs.some(({ artefact }) => artefact === name),
        `${name} is there`,
      );
  }
  const [first] = record.outputs;
  if (first === undefined) return;
  const folder = dirname(join(result.job.folder, first.path));
  t.match(basename(folder), new RegExp(`^\\d{2}_${stage.id}$`, 'u'));
  t.strictSame(readdirSync(folder).sort(), record.outputs.map(({ path }) => basename(path)).sort());
}

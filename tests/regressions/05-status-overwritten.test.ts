import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Manifest } from '../../src/pipeline/manifest.js';
import { allStages } from '../../src/stages/all.js';
import { builtStages, stageFolder, stagePlace, stageTable } from '../../src/stages/stage-table.js';
import { scene, statesOf } from '../helpers/pipeline-scene.js';

// The forerunner wrote a path where a stage's status stood, and had two tables of the stages' order.
void t.test('when a status is anything but a status, it is not written', async (t) => {
  const folder = t.testdir();
  const manifest = await Manifest.open(folder, 'x', { warn: () => undefined });
  const record = {
    status: 'completed' as const,
    version: 1,
    lineage: '',
    parameters: {},
    inputs: [],
    outputs: [],
    warnings: [],
    errors: [],
  };
  await manifest.setStage('demux', record);
  const before = readFileSync(join(folder, 'manifest.json'), 'utf8');
  const path = '/out/05_vad/vad.json' as unknown as 'completed';
  t.throws(() => manifest.setStage('demux', { ...record, status: path }));
  t.equal(readFileSync(join(folder, 'manifest.json'), 'utf8'), before);
});

void t.test(
  'when a manifest holds a path for a status, it is set aside and all runs again',
  async (t) => {
    const { pipeline, run, events } = scene(t);
    const { job } = await run();
    const file = join(job.folder, 'manifest.json');
    for (const [damage, text] of [
      ['a path', readFileSync(file, 'utf8').replace('"completed"', '"/out/vad.json"')],
      ['half a file', readFileSync(file, 'utf8').slice(0, 200)],
      ['nothing', ''],
    ] as const) {
      writeFileSync(file, text);
      events.length = 0;
      await pipeline.resume(job, { onEvent: (event) => void events.push(event) });
      t.match(events, [{ type: 'warning', message: /manifest\.json could not be used/u }], damage);
      t.equal(statesOf(events)['asr'], 'completed', `${damage}: nothing counts as finished`);
    }
    t.equal(readdirSync(job.folder).filter((name) => name.includes('set-aside')).length, 3);
  },
);

void t.test('when stages are ordered anywhere, it is by the one table', async (t) => {
  const ids = stageTable.map(({ id }) => id as string);
  t.strictSame(
    ids.filter((id) => builtStages.includes(id as never)),
    [
      'tmdb',
      'glossary_load',
      'demux',
      'vad',
      'asr',
      'hallucination_removal',
      'alignment',
      'translation',
      'subtitle_generation',
      'export',
      'mux',
    ],
  );
  for (const { id } of allStages) t.ok(ids.includes(id), `${id} is in the table`);
  const { run } = scene(t);
  const { job, stages } = await run();
  const folders = readdirSync(job.folder)
    .filter((name) => /^\d/u.test(name))
    .sort();
  const done = [...stages].filter(([, { status }]) => status === 'completed').map(([id]) => id);
  t.strictSame(
    folders,
    done.map((id) => stageFolder(id, stagePlace(id))),
    'folders and manifest',
  );
});

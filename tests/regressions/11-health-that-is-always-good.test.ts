import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { doctorReportSchema } from '../../src/cli/doctor/report-schema.js';
import { runCli } from '../cli/run-cli.js';
import { modelsDir } from '../helpers/models.js';

// The forerunner's health check printed what was wrong and exited 0, so that nothing that asked it
// ever stopped.
async function doctor(t: Test, env: Readonly<Record<string, string>> = {}) {
  const cache = {
    XDG_CACHE_HOME: join(t.testdirName, 'cache'),
    CPW_MODELS_DIR: modelsDir.modelsDir,
  };
  const plain = await runCli(['doctor'], { env: { ...cache, ...env } });
  const { status, stdout } = await runCli(['doctor', '--json'], { env: { ...cache, ...env } });
  const report = doctorReportSchema.parse(JSON.parse(stdout));
  t.equal(status, plain.status, 'for people and for programs');
  const errors = report.findings.filter(({ level }) => level === 'error').map(({ id }) => id);
  return { status, text: plain.stdout, usable: report.usable, errors };
}

/** The models' folder with one of them in a bad way. */
function damaged(t: Test, name: string, file: string): string {
  const store = join(t.testdir(), 'models');
  mkdirSync(store);
  for (const one of ['tiny.en', 'silero-vad']) {
    cpSync(join(modelsDir.modelsDir, one), join(store, one), { recursive: true });
  }
  const path = join(store, name, file);
  if (!existsSync(path)) throw new Error(`${path} is not there`);
  writeFileSync(path, 'no model');
  return store;
}

void t.test('when nothing is wrong, the doctor ends with 0', async (t) => {
  t.testdir();
  t.match(await doctor(t), { status: 0, usable: true, errors: [], text: /can transcribe\.\n$/u });
});

void t.test('when the addon is missing or no addon, the doctor does not end with 0', async (t) => {
  const folder = t.testdir({ 'text.node': 'this is no addon' });
  for (const name of ['text.node', 'none.node']) {
    const found = await doctor(t, { CPW_NATIVE_PATH: join(folder, name) });
    t.match(found, { status: 3, usable: false, text: /cannot transcribe yet/u }, name);
    t.ok(found.errors.length > 0);
  }
});

void t.test('when a model is broken, the doctor does not end with 0', async (t) => {
  for (const [name, file] of [
    ['tiny.en', 'ggml/ggml-tiny.en.bin'],
    ['tiny.en', 'ctranslate2-int8/model.bin'],
    ['silero-vad', 'ggml-silero-vad.bin'],
  ] as const) {
    const found = await doctor(t, { CPW_MODELS_DIR: damaged(t, name, file) });
    const wanted = { status: 3, usable: false, errors: ['model-unreadable'] };
    t.match(found, { ...wanted, text: /Something that is installed is damaged/u }, file);
  }
});

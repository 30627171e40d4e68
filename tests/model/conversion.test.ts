import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { Recognizer } from '../../src/engines/recognizer.js';
import { convertModel, type ConversionTarget } from '../../src/models/convert/convert-model.js';
import { openCTranslate2Model } from '../../src/models/convert/ctranslate2-model.js';
import { countOf } from '../../src/models/convert/model-weights.js';
import { readBytes, requireVariable } from '../../src/models/convert/variable-reader.js';
import { readVocabulary } from '../../src/models/convert/whisper-vocabulary.js';
import { modelPath } from '../../src/models/store.js';
import { audioPath, recordings } from '../helpers/audio.js';
import { writeHubFolder } from '../helpers/hub-folder.js';
import { modelsDir } from '../helpers/models.js';
import { sumOf, wordErrorRate, wordErrors, type WordErrors } from '../helpers/word-error-rate.js';

const store = modelsDir.modelsDir;
const original = modelPath(store, 'tiny.en', 'ctranslate2');
const root = t.testdir();
const chosen = /^(jfk\.wav|en-gettysburg\.flac|LJ.*|austen.*|erewhon.*)$/;
const english = [...recordings('refs.json'), ...recordings('real/refs.json')].filter(
  ({ name, language }) => language === 'en' && chosen.test(name.split('/').at(-1) ?? ''),
);

/** Where the hub's form of the real tiny.en lies, made once. */
const hub = writeHubFolder(original, join(root, 'tiny.en-hub'));

const convert = async (to: ConversionTarget, name: string) => {
  const output = join(root, name);
  await convertModel({ input: await hub, output, to });
  return output;
};

t.test(
  "when real weights come in the hub's form, both engines' forms are the known ones",
  async (t) => {
    const folder = await convert('ctranslate2', 'ct2');
    const [before, after] = [
      await openCTranslate2Model(join(original, 'model.bin')),
      await openCTranslate2Model(join(folder, 'model.bin')),
    ];
    t.teardown(() => Promise.all([before.file.close(), after.file.close()]));
    const wrong: string[] = [];
    for (const variable of before.variables.values()) {
      const found = requireVariable(after, variable.name);
      const slice = { start: 0, length: countOf(variable.dims) };
      const same = Buffer.compare(await readBytes(found, slice), await readBytes(variable, slice));
      if (same !== 0 || found.type !== variable.type) wrong.push(variable.name);
    }
    t.same(wrong, [], `${before.variables.size} variables`);
    t.same((await readVocabulary(folder)).tokens, (await readVocabulary(original)).tokens);
    const config = async (path: string) =>
      JSON.parse(await readFile(join(path, 'config.json'), 'utf8')) as unknown;
    t.same(await config(folder), await config(original));
    const ggml = await readFile(await convert('ggml-f16', 'f16.bin'));
    t.ok(ggml.equals(await readFile(modelPath(store, 'tiny.en', 'ggml'))), 'ggml, byte for byte');
  },
);

t.test('when a folder of the hub is named as the model, both engines transcribe it', async (t) => {
  const events = new Set<string>();
  const onDownload = ({ type }: { type: string }) => void events.add(type);
  const reference = recordings('refs.json').find(({ name }) => name === 'jfk.wav')?.text ?? '';
  for (const engine of ['ctranslate2', 'whisper'] as const) {
    const folder = { modelsDir: join(root, 'store'), download: 'never' } as const;
    const options = { engine, threads: 1, ...folder } as const;
    await using recognizer = await Recognizer.load(await hub, options, { onDownload });
    const { segments } = await recognizer.transcribe(audioPath('jfk.wav'), { vad: false });
    const { errors } = wordErrors(reference, segments.map(({ text }) => text).join(' '));
    t.ok(errors <= 1, `${engine}: ${errors} wrong`);
  }
  t.same([...events], ['making', 'installed']);
});

t.test('when weights are quantised, q8_0 hears as well as f16 and q5_0 nearly so', async (t) => {
  const f16 = await errorsOf(modelPath(store, 'tiny.en', 'ggml'));
  // Four words of about 340 are chance: another rounding moves f16 itself by as many.
  const bounds = { q8_0: 0.015, q5_0: 0.03 } as const;
  for (const type of ['q8_0', 'q5_0'] as const) {
    const found = await errorsOf(await convert(`ggml-${type}`, `${type}.bin`));
    const loss = wordErrorRate(found) - wordErrorRate(f16);
    t.comment(`f16 ${f16.errors}, ${type} ${found.errors} of ${found.words}`);
    t.ok(loss <= bounds[type], `${type}: ${found.errors} wrong, f16 ${f16.errors}`);
  }
});

async function errorsOf(model: string): Promise<WordErrors> {
  // One thread: whisper.cpp's threads wait for each other by spinning, which a busy machine punishes.
  await using recognizer = await Recognizer.load(model, { ...modelsDir, threads: 1 });
  const counts: WordErrors[] = [];
  for (const { path, text } of english) {
    const { segments } = await recognizer.transcribe(path);
    counts.push(wordErrors(text, segments.map((segment) => segment.text).join(' ')));
  }
  return sumOf(counts);
}

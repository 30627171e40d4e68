import { readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import t from 'tap';
import { convertModel } from '../../src/models/convert/convert-model.js';
import { openCTranslate2Model } from '../../src/models/convert/ctranslate2-model.js';
import { floatToHalf } from '../../src/models/convert/half-float.js';
import { readCTranslate2Config, readHubConfig } from '../../src/models/convert/hub-config.js';
import { countOf, type ModelWeights } from '../../src/models/convert/model-weights.js';
import {
  readBytes,
  readFloats,
  requireVariable,
} from '../../src/models/convert/variable-reader.js';
import { readVocabulary } from '../../src/models/convert/whisper-vocabulary.js';
import { formOfSafeTensors } from '../../src/models/safetensors-form.js';
import { resolveModel } from '../../src/models/store.js';
import { makeTinyHub, writeHubFolder, type HubFolderOptions } from '../helpers/hub-folder.js';
import { writeTinyWhisper } from '../helpers/tiny-models.js';

const small = { vocabularySize: 40, audioContext: 12, textContext: 6 };
const code = 'CPW_MODEL_INCOMPATIBLE';

/** The variables that are not what they were; bfloat16 becomes float16. */
async function differences(found: ModelWeights, wanted: ModelWeights): Promise<string[]> {
  const wrong: string[] = [];
  for (const before of wanted.variables.values()) {
    const variable = requireVariable(found, before.name);
    const slice = { start: 0, length: countOf(before.dims) };
    const bytes = await readBytes(variable, slice);
    const expected =
      before.type === 'bfloat16'
        ? Uint16Array.from(await readFloats(wanted, before, slice), floatToHalf)
        : await readBytes(before, slice);
    const same = Buffer.compare(bytes, new Uint8Array(expected.buffer)) === 0;
    if (!same || variable.dims.join() !== before.dims.join()) wrong.push(before.name);
  }
  return wrong;
}

const layouts: readonly (HubFolderOptions & { readonly weights?: 'bfloat16' })[] = [
  { type: 'F16' },
  { type: 'F32', prefix: '', tokens: 'vocab.json' },
  { type: 'BF16', weights: 'bfloat16', output: true },
  { type: 'F16', files: 2, generation: false },
];
for (const { weights = 'float16', ...layout } of layouts) {
  void t.test(`when a hub folder ${JSON.stringify(layout)} becomes CTranslate2`, async (t) => {
    const root = t.testdir();
    const source = await writeTinyWhisper(join(root, 'source'), { ...small, type: weights });
    const input = await writeHubFolder(source, join(root, 'hub'), layout);
    const output = join(root, 'out');
    const fractions: number[] = [];
    const onProgress = (fraction: number) => void fractions.push(fraction);
    await convertModel({ input, output, to: 'ctranslate2' }, { onProgress });
    t.equal(fractions.at(-1), 1, 'progress ends at 1');
    const [before, after] = [
      await openCTranslate2Model(join(source, 'model.bin')),
      await openCTranslate2Model(join(output, 'model.bin')),
    ];
    t.teardown(() => Promise.all([before.file.close(), after.file.close()]));
    t.same(await differences(after, before), []);
    t.notOk([...after.variables.values()].some(({ type }) => type === 'bfloat16'));
    t.same([...after.aliases], [...before.aliases]);
    const { tokens } = await readVocabulary(output);
    t.same(tokens, (await readVocabulary(source)).tokens);
    const config = JSON.parse(await readFile(join(output, 'config.json'), 'utf8')) as object;
    const heads =
      layout.generation === false
        ? [
            [0, 0],
            [0, 1],
          ]
        : [[0, 0]];
    t.match(config, { alignment_heads: heads, suppress_ids: [], suppress_ids_begin: [] });
  });
}

void t.test('when one folder is converted two ways, all forms are the same', async (t) => {
  const root = t.testdir();
  const source = await writeTinyWhisper(join(root, 'source'));
  const hub = await writeHubFolder(source, join(root, 'hub'));
  const link = join(root, 'link');
  await symlink(hub, link);
  for (const [to, file] of [
    ['ggml-f16', ''],
    ['ctranslate2-int8', 'model.bin'],
  ] as const) {
    const outputs: Buffer[] = [];
    for (const input of [source, hub, link, join(hub, 'model.safetensors')]) {
      const output = join(root, `${basename(input)}-${to}`);
      await convertModel({ input, output, to });
      outputs.push(await readFile(join(output, file)));
    }
    const [, ...ofHub] = outputs;
    const [of, again, file2] = ofHub;
    t.ok(of !== undefined && again?.equals(of) && file2?.equals(of), `${to}: by any path`);
    // The tiny folder lacks four switches that CTranslate2's converter writes.
    if (to === 'ggml-f16') t.ok(outputs[0]?.equals(of ?? Buffer.alloc(0)), 'byte for byte');
  }
});

void t.test('when safetensors are named as a model, the form is made once', async (t) => {
  const root = t.testdir();
  const { folder } = await makeTinyHub(root);
  const wish = { engine: 'auto', computeType: 'auto', device: 'cpu' } as const;
  const events: string[] = [];
  const options = {
    root: join(root, 'store'),
    download: 'never',
    onDownload: ({ type }: { type: string }) => void events.push(type),
  } as const;
  const made = await formOfSafeTensors(folder, wish, options);
  t.match(made, { name: /^hub-[0-9a-f]{12}$/, format: 'ctranslate2-int8', isNew: true });
  t.match(events, ['making', 'making']);
  t.equal(events.at(-1), 'installed');
  t.match(await formOfSafeTensors(folder, wish, options), { isNew: false, path: made?.path });
  const float = await formOfSafeTensors(folder, { ...wish, computeType: 'float32' }, options);
  t.match(float, { name: made?.name, format: 'ctranslate2', isNew: true });
  const resolved = await resolveModel(made?.path ?? '', { ...wish, root: options.root });
  t.match(resolved, { engine: 'ctranslate2', computeType: 'int8_float32' });
  await writeFile(join(folder, 'preprocessor_config.json'), '{"feature_size":80 }');
  const changed = await formOfSafeTensors(folder, wish, options);
  t.not(changed?.name, made?.name, 'a changed folder is another model');
  t.equal(await formOfSafeTensors(join(root, 'source'), wish, options), undefined);
  t.equal(await formOfSafeTensors('base', wish, options), undefined);
  const before = resolveModel(folder, { ...wish, root: options.root });
  await t.rejects(before, { code, message: /safetensors-whisper.*models convert/ });
});

void t.test(
  'when no file names alignment heads, a known shape has the published ones',
  async (t) => {
    const headsOf = async (layers: number, width: number) => {
      const shape = {
        model_type: 'whisper',
        d_model: width,
        encoder_layers: layers,
        encoder_attention_heads: width / 64,
        encoder_ffn_dim: 4 * width,
        decoder_layers: layers,
        decoder_attention_heads: width / 64,
        decoder_ffn_dim: 4 * width,
        num_mel_bins: 80,
        max_source_positions: 1500,
        max_target_positions: 448,
        vocab_size: 51_865,
        activation_function: 'gelu',
      };
      const folder = t.testdir({ 'config.json': JSON.stringify(shape) });
      const config = await readCTranslate2Config(folder, await readHubConfig(folder), []);
      return config.alignment_heads.map((pair) => pair.join('.')).join(' ');
    };
    t.equal(await headsOf(6, 512), '3.1 4.2 4.3 4.7 5.1 5.2 5.4 5.6', 'those of base');
    t.equal(await headsOf(2, 128), '1.0 1.1', 'the upper half of what nobody knows');
  },
);

import { createHash } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { convertModel } from '../../src/models/convert/convert-model.js';
import { openCTranslate2Model } from '../../src/models/convert/ctranslate2-model.js';
import { readGgmlModel } from '../../src/models/convert/ggml-model.js';
import { readFloats, requireVariable } from '../../src/models/convert/variable-reader.js';
import { publishedSilero, sileroSafeTensors } from '../helpers/silero.js';
import { tinyVariables, writeTinyWhisper } from '../helpers/tiny-models.js';

const small = { vocabularySize: 40, audioContext: 12, textContext: 6 };

void t.test('when a model.bin is read, every variable is found as written', async (t) => {
  const folder = await writeTinyWhisper(t.testdir(), { ...small, type: 'float32' });
  const model = await openCTranslate2Model(join(folder, 'model.bin'));
  t.teardown(() => model.file.close());
  const written = tinyVariables({ ...small, type: 'float32' });
  t.same(
    [...model.variables.keys()],
    written.map(({ name }) => name),
  );
  t.same([model.spec, model.revision, model.version], ['WhisperSpec', 3, 6]);
  const projection = requireVariable(model, 'decoder/projection/weight');
  t.equal(projection.name, 'decoder/embeddings/weight', 'an alias leads to its variable');
  for (const { name, dims, data, typeId } of written) {
    const found = requireVariable(model, name);
    t.same(found.dims, dims, name);
    if (typeId !== 0) continue;
    const floats = await readFloats(model, found, { start: 0, length: data.length / 4 });
    t.same(Buffer.from(floats.buffer), data, name);
  }
});

for (const type of ['float16', 'float32', 'bfloat16'] as const) {
  void t.test(`when ${type} weights become int8, what is not a matrix is float32`, async (t) => {
    const root = t.testdir();
    const input = await writeTinyWhisper(join(root, 'in'), { ...small, type });
    const output = join(root, 'deep', 'out');
    const fractions: number[] = [];
    const control = { onProgress: (fraction: number) => void fractions.push(fraction) };
    const result = await convertModel({ input, output, to: 'ctranslate2-int8' }, control);
    const companions = ['config.json', 'model.bin', 'tokenizer.json', 'vocabulary.json'];
    t.same((await readdir(output)).toSorted(), companions);
    t.equal(result.bytes, (await stat(join(output, 'model.bin'))).size);
    t.same(
      fractions,
      fractions.toSorted((a, b) => a - b),
      'progress never goes back',
    );
    const [before, after] = await Promise.all(
      [input, output].map((folder) => openCTranslate2Model(join(folder, 'model.bin'))),
    );
    if (before === undefined || after === undefined) throw new Error('unreachable');
    t.teardown(() => Promise.all([before.file.close(), after.file.close()]));
    for (const variable of before.variables.values()) {
      const found = requireVariable(after, variable.name);
      t.same(found.dims, variable.dims, variable.name);
      const isWeight = variable.name.endsWith('weight');
      const scalar = variable.dims.length === 0;
      t.equal(found.type, isWeight ? 'int8' : scalar ? variable.type : 'float32', variable.name);
      if (!isWeight) continue;
      const scale = requireVariable(after, `${variable.name}_scale`);
      t.same([scale.type, scale.dims], ['float32', [variable.dims[0]]], scale.name);
    }
    t.same([...after.aliases], [...before.aliases]);
  });
}

void t.test('when a Whisper folder becomes ggml, whisper.cpp finds each tensor', async (t) => {
  const root = t.testdir();
  for (const multilingual of [true, false]) {
    const input = await writeTinyWhisper(join(root, String(multilingual)), { multilingual });
    const output = join(root, `${String(multilingual)}.bin`);
    const { bytes } = await convertModel({ input, output, to: 'ggml-f16' });
    t.equal((await stat(output)).size, bytes);
    const model = await readGgmlModel(output);
    if (model.kind !== 'whisper') throw new Error('not a Whisper model');
    t.equal(model.parameters.vocabularySize, multilingual ? 51865 : 51864);
    t.equal(model.vocabulary.length, 50257);
    const last = Buffer.from(model.vocabulary.at(-1) ?? []).toString();
    t.equal(last, multilingual ? '' : '<|endoftext|>');
    t.equal(model.tensors.length, 11 + 15 + 24, 'one layer on each side');
    const byName = new Map(model.tensors.map((tensor) => [tensor.name, tensor]));
    t.same(byName.get('encoder.conv1.bias')?.dims, [1, 8]);
    t.same(byName.get('encoder.conv1.weight')?.dims, [3, 80, 8]);
    t.equal(byName.get('decoder.positional_embedding')?.type, 'f32');
    t.notOk(byName.has('decoder.blocks.0.attn.key.bias'));
    await checkSplit(t, { input, output, byName });
  }
});

interface SplitCheck {
  readonly input: string;
  readonly output: string;
  readonly byName: ReadonlyMap<string, { readonly offset: number; readonly byteLength: number }>;
}

async function checkSplit(t: Test, { input, output, byName }: SplitCheck): Promise<void> {
  const source = await openCTranslate2Model(join(input, 'model.bin'));
  t.teardown(() => source.file.close());
  const [model, ggml] = [await readFile(join(input, 'model.bin')), await readFile(output)];
  const stacked = requireVariable(source, 'decoder/layer_0/self_attention/linear_0/weight');
  for (const [i, part] of ['query', 'key', 'value'].entries()) {
    const tensor = byName.get(`decoder.blocks.0.attn.${part}.weight`);
    const { offset = 0, byteLength = 0 } = tensor ?? {};
    const from = (stacked.pieces[0]?.offset ?? 0) + i * byteLength;
    const expected = model.subarray(from, from + byteLength);
    t.ok(ggml.subarray(offset, offset + byteLength).equals(expected), `${part} is part ${i}`);
  }
}

void t.test(
  "when the published Silero file's numbers are converted, the same file comes out",
  async (t) => {
    const root = t.testdir();
    const input = join(root, 'silero.safetensors');
    await writeFile(input, await sileroSafeTensors());
    for (const from of [input, root]) {
      const output = join(root, `out-${from === root ? 'folder' : 'file'}.bin`);
      await convertModel({ input: from, output, to: 'ggml-silero' });
      const [ours, theirs] = [await readFile(output), await readFile(publishedSilero)];
      t.ok(ours.equals(theirs), 'byte for byte');
    }
  },
);

void t.test('when the published Silero file is read, it is the known one', async (t) => {
  const hash = createHash('sha256')
    .update(await readFile(publishedSilero))
    .digest('hex');
  t.match(hash, /^2aa269b7/);
  const model = await readGgmlModel(publishedSilero);
  t.match(model, { kind: 'silero', version: '6.2.0' });
  t.equal(model.tensors.length, 15);
});

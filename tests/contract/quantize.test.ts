import { open, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { convertModel } from '../../src/models/convert/convert-model.js';
import {
  ggmlTypes,
  quantizedFileTypes,
  readGgmlModel,
  type GgmlTensor,
  type QuantizedType,
} from '../../src/models/convert/ggml-model.js';
import { halfToFloat, halvesToFloats } from '../../src/models/convert/half-float.js';
import { detectModel } from '../../src/models/detect-model.js';
import { runJob } from '../../src/native/handle.js';
import { loadAddon } from '../../src/native/load.js';
import { writeHubFolder } from '../helpers/hub-folder.js';
import { writeTinyWhisper } from '../helpers/tiny-models.js';

const addon = loadAddon();
const types = Object.keys(quantizedFileTypes) as QuantizedType[];

t.test('when numbers or options are wrong at the boundary, CPW_INTERNAL says so', async (t) => {
  const values = new Float32Array(64);
  const right = { type: 'q8_0', rowLength: 32 } as const;
  const call = (numbers: unknown, options: unknown) => () =>
    addon.quantizeGgml(numbers as Float32Array, options as typeof right);
  const code = 'CPW_INTERNAL';
  for (const wrong of [new Float64Array(64), new Float32Array(0), [0], null, undefined]) {
    t.throws(call(wrong, right), { code, message: /The numbers must/ });
  }
  t.throws(call(values, { type: 'q8_0' }), { code, message: /rowLength/ });
  t.throws(call(values, { ...right, rowLength: 1.5 }), { code, message: /rowLength/ });
  t.throws(call(values, { ...right, more: 1 }), { code, message: /more/ });
  t.throws(call(values, undefined), { code });
  const run = (options: unknown) => runJob(call(values, options));
  await t.rejects(run({ ...right, rowLength: 48 }), { code, message: /no whole rows of 48/ });
  await t.rejects(run({ ...right, rowLength: 0 }), { code, message: /no whole rows/ });
  await t.rejects(run({ ...right, type: 'f16' }), { code, message: /'f16'/ });
  const blocks = await run(right);
  t.equal(blocks.byteLength, 2 * 34);
  const detached = new Float32Array(64);
  const job = addon.quantizeGgml(detached.fill(1), right);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  t.equal((await job.promise)[2], 127, 'the numbers were copied before the call returned');
  t.throws(call(detached, right), { code });
});

t.test('when a call is aborted, it rejects with the reason', async (t) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const values = new Float32Array(2 ** 23).fill(0.5);
  const options = { type: 'q5_1', rowLength: 1024 } as const;
  const running = runJob(() => addon.quantizeGgml(values, options), controller.signal);
  controller.abort(reason);
  await t.rejects(running, reason);
});

const root = t.testdir();

/** Whisper with rows of 64 numbers, as a folder, as ggml f16 and as the hub has it; made once. */
const inputs = (async () => {
  const shape = { multilingual: false, state: 64, heads: 1, audioContext: 16 };
  const folder = await writeTinyWhisper(join(root, 'folder'), shape);
  const f16 = join(root, 'f16.bin');
  await convertModel({ input: folder, output: f16, to: 'ggml-f16' });
  return { folder, f16, hub: await writeHubFolder(folder, join(root, 'hub')) };
})();

t.test('when a model is quantised, its matrices are and nothing else', async (t) => {
  const { f16 } = await inputs;
  const source = await readGgmlModel(f16);
  for (const type of types) {
    const output = join(root, `${type}.bin`);
    const fractions: number[] = [];
    const onProgress = (fraction: number) => void fractions.push(fraction);
    const { bytes } = await convertModel(
      { input: f16, output, to: `ggml-${type}` },
      { onProgress },
    );
    t.equal((await stat(output)).size, bytes);
    t.equal(fractions.at(-1), 1, 'progress ends at 1');
    t.match(await detectModel(output), { kind: 'ggml-whisper', weights: type });
    const model = await readGgmlModel(output);
    if (model.kind !== 'whisper' || source.kind !== 'whisper') throw new Error('not Whisper');
    t.equal(model.parameters.fileType, 2000 + quantizedFileTypes[type], 'with the version');
    t.ok(Buffer.concat(model.vocabulary).equals(Buffer.concat(source.vocabulary)), 'same tokens');
    const expected = source.tensors.map(({ name, dims, type: before }) => [
      name,
      dims,
      /(conv|ln|bias|positional)/.test(name) ? before : type,
    ]);
    t.same(
      model.tensors.map((tensor) => [tensor.name, tensor.dims, tensor.type]),
      expected,
    );
  }
  const again = convertModel({ input: join(root, 'q5_0.bin'), output: 'x', to: 'ggml-q4_0' });
  await t.rejects(again, { code: 'CPW_INVALID_OPTIONS', message: /q5_0 already.*Next step/ });
});

t.test('when a model is quantised from another form, the file is the same', async (t) => {
  const expected = await readFile(join(root, 'q5_0.bin'));
  const { folder, hub } = await inputs;
  for (const [i, input] of [folder, hub].entries()) {
    const output = join(root, `other-${i}.bin`);
    await convertModel({ input, output, to: 'ggml-q5_0' });
    t.ok((await readFile(output)).equals(expected), input);
  }
});

t.test('when matrices become q8_0, each number is within half a step', async (t) => {
  const { f16 } = await inputs;
  const output = join(root, 'q8_0.bin');
  const [before, after] = [await readGgmlModel(f16), await readGgmlModel(output)];
  let worst = 0;
  for (const [i, tensor] of after.tensors.entries()) {
    const source = before.tensors[i];
    if (tensor.type !== 'q8_0' || source === undefined) continue;
    const halves = new Uint16Array(new Uint8Array(await bytesOf(f16, source)).buffer);
    const wanted = halvesToFloats(halves);
    const blocks = await bytesOf(output, tensor);
    const { blockBytes = 0, blockLength = 1 } = ggmlTypes.get('q8_0') ?? {};
    for (const [at, value] of wanted.entries()) {
      const block = Math.floor(at / blockLength) * blockBytes;
      const step = halfToFloat(blocks.readUInt16LE(block));
      const level = blocks.readInt8(block + 2 + (at % blockLength));
      worst = Math.max(worst, Math.abs(level * step - value) / step);
    }
  }
  t.ok(worst > 0.4 && worst < 0.6, `${worst} of a step`);
});

t.test('when a model cannot be quantised, the reason is named and nothing is left', async (t) => {
  const narrow = await writeTinyWhisper(join(root, 'narrow'), { state: 8 });
  const output = join(root, 'out.bin');
  const code = 'CPW_MODEL_INCOMPATIBLE';
  const message = /rows of 8 numbers.*cannot be stored as q5_0.*ggml-f16/;
  await t.rejects(convertModel({ input: narrow, output, to: 'ggml-q5_0' }), { code, message });
  const { folder, f16 } = await inputs;
  const model = await readGgmlModel(f16);
  const tensor = model.tensors.find(({ name }) => name.endsWith('mlp.0.weight'));
  const bytes = await readFile(f16);
  bytes.writeUInt16LE(0x7e00, (tensor?.offset ?? 0) + 200);
  const infinite = join(root, 'nan.bin');
  await writeFile(infinite, bytes);
  const failed = convertModel({ input: infinite, output, to: 'ggml-q8_0' });
  await t.rejects(failed, { code, message: /mlp\.0\.weight' holds an infinite weight.*Next step/ });
  const reason = new Error('enough');
  for (const input of [folder, f16]) {
    const controller = new AbortController();
    const control = { signal: controller.signal, onProgress: () => controller.abort(reason) };
    await t.rejects(convertModel({ input, output, to: 'ggml-q5_1' }, control), reason);
  }
  const left = (await readdir(root)).filter((name) => name.startsWith('.') || name === 'out.bin');
  t.same(left, []);
});

async function bytesOf(path: string, { offset, byteLength }: GgmlTensor): Promise<Buffer> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(byteLength), 0, byteLength, offset);
  return buffer;
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { CpwError } from '../../src/errors.js';
import { convertModel } from '../../src/models/convert/convert-model.js';
import { openCTranslate2Model } from '../../src/models/convert/ctranslate2-model.js';
import { readGgmlModel } from '../../src/models/convert/ggml-model.js';
import { openSafeTensors } from '../../src/models/convert/safetensors.js';
import { detectModel } from '../../src/models/detect-model.js';
import { publishedSilero, sileroSafeTensors } from '../helpers/silero.js';
import { modelBytes, tinyVariables, writeTinyWhisper } from '../helpers/tiny-models.js';

const numRuns = Number(process.env['CPW_TEST_MUTATIONS'] ?? 200);
const small = { vocabularySize: 40, audioContext: 12, textContext: 6 };
/** A reader that a damaged length sends round in circles takes longer. */
const MAX_CPU_US = 5_000_000;
/** Values that lengths and counts go wrong with. */
const evil = [0, 1, 2, 7, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

type Mutation =
  | { readonly kind: 'byte'; readonly at: number; readonly value: number }
  | { readonly kind: 'word'; readonly at: number; readonly value: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array };

/** Most hits go to the first bytes, where the lengths stand. */
function mutations(size: number, head: number): fc.Arbitrary<Mutation[]> {
  const at = fc.oneof(
    { weight: 3, arbitrary: fc.nat(head - 1) },
    { weight: 1, arbitrary: fc.nat(size - 1) },
  );
  const one = fc.oneof<fc.Arbitrary<Mutation>[]>(
    fc.record({ kind: fc.constant('byte'), at, value: fc.nat(255) }),
    fc.record({ kind: fc.constant('word'), at, value: fc.constantFrom(...evil) }),
    fc.record({ kind: fc.constant('cut'), at }),
    fc.record({ kind: fc.constant('insert'), at, bytes: fc.uint8Array({ maxLength: 9 }) }),
  );
  return fc.array(one, { minLength: 1, maxLength: 3 });
}

function mutate(original: Buffer, steps: readonly Mutation[]): Buffer {
  let bytes = Buffer.from(original);
  for (const step of steps) {
    const at = Math.min(step.at, Math.max(0, bytes.length - 1));
    if (step.kind === 'cut') bytes = bytes.subarray(0, at);
    else if (step.kind === 'byte' && bytes.length > 0) bytes[at] = step.value;
    else if (step.kind === 'word' && bytes.length >= at + 4) bytes.writeUInt32LE(step.value, at);
    else if (step.kind === 'insert') {
      bytes = Buffer.concat([bytes.subarray(0, at), step.bytes, bytes.subarray(at)]);
    }
  }
  return bytes;
}

interface Subject {
  readonly original: Buffer;
  /** How many bytes stand before the first numbers. */
  readonly head: number;
  readonly path: string;
  readonly read: () => Promise<unknown>;
}

/** Every mutated file is read whole or refused with a {@link CpwError}, quickly. */
async function survive(t: Test, { original, head, path, read }: Subject): Promise<void> {
  let refused = 0;
  const property = fc.asyncProperty(mutations(original.length, head), async (steps) => {
    await writeFile(path, mutate(original, steps));
    const started = process.cpuUsage();
    try {
      await read();
    } catch (error) {
      refused += 1;
      if (!(error instanceof CpwError)) throw new Error('no CpwError', { cause: error });
      if (!error.message.includes('Next step')) throw new Error(error.message);
    }
    // Processor time: a busy disk is no fault of the reader's.
    const { user } = process.cpuUsage(started);
    if (user > MAX_CPU_US) throw new Error('too slow');
  });
  // fast-check prints seed and counter-example when the property fails.
  await t.resolves(fc.assert(property, { numRuns, endOnFailure: true }));
  t.comment(`${refused} of ${numRuns} refused`);
  t.ok(refused > numRuns / 4, 'most mutations are noticed');
}

void t.test('when a model.bin is mutated, it is read or refused', async (t) => {
  const root = t.testdir();
  const original = modelBytes(tinyVariables(small));
  const path = join(root, 'model.bin');
  const read = async () => {
    const model = await openCTranslate2Model(path);
    await model.file.close();
  };
  await survive(t, { original, head: 400, path, read });
});

void t.test('when a ggml file is mutated, it is read or refused', async (t) => {
  const root = t.testdir();
  const path = join(root, 'x.bin');
  const silero = await readFile(publishedSilero);
  const read = () => readGgmlModel(path);
  await survive(t, { original: silero, head: 220, path, read });
  const header = [0x67676d6c, 51865, 1500, 8, 2, 1, 448, 8, 2, 1, 2, 1, 2, 3];
  const words = [...header, ...Array.from({ length: 6 }, () => 0), 3];
  const tokens = Buffer.from('\x01\0\0\0a\x02\0\0\0bc\0\0\0\0', 'latin1');
  const tensor = Buffer.concat([
    Buffer.from(Int32Array.of(2, 4, 0, 3, 2).buffer),
    Buffer.from('name'),
    Buffer.alloc(24),
  ]);
  const whisper = Buffer.concat([Buffer.from(Int32Array.from(words).buffer), tokens, tensor]);
  await writeFile(path, whisper);
  const model = await readGgmlModel(path);
  t.match(model, { kind: 'whisper', tensors: [{ name: 'name', dims: [3, 2], byteLength: 24 }] });
  await survive(t, { original: whisper, head: whisper.length, path, read });
});

void t.test('when a safetensors file is mutated, it is read or refused', async (t) => {
  const root = t.testdir();
  const path = join(root, 'x.safetensors');
  const original = await sileroSafeTensors();
  const read = async () => {
    const model = await openSafeTensors(path);
    await model.file.close();
  };
  await survive(t, { original, head: 1200, path, read });
});

void t.test('when a safetensors header lies, the reason is named', async (t) => {
  const root = t.testdir();
  const path = join(root, 'x.safetensors');
  const two = { a: entry('F32', [2], [0, 8]), b: entry('F16', [2], [8, 12]) };
  const cases: readonly (readonly [unknown, RegExp | undefined])[] = [
    [two, undefined],
    [{ ...two, __metadata__: { any: 'thing' } }, undefined],
    [{ ...two, __proto__x: entry('F32', [0], [12, 12]) }, undefined],
    [{ ...two, b: entry('F16', [2], [4, 8]) }, /"b" overlaps/],
    [{ ...two, b: entry('F16', [1], [10, 12]) }, /"b" leaves a gap/],
    [{ a: entry('F32', [2], [0, 8]) }, /end at .* of/],
    [{ ...two, b: entry('F16', [2], [8, 16]) }, /"b" is \[2\] of F16 and has 8 bytes/],
    [{ ...two, b: entry('Q4', [2], [8, 12]) }, /"b" has no known dtype/],
    [{ ...two, b: entry('toString', [2], [8, 12]) }, /"b" has no known dtype/],
    [{ ...two, b: entry('F16', [-2], [8, 12]) }, /no valid shape/],
    [{ ...two, b: entry('F16', [2 ** 53, 0], [8, 8]) }, /no valid shape/],
    [{ ...two, b: entry('F16', [2 ** 52, 2 ** 52], [8, 12]) }, /and has 4 bytes/],
    [{ ...two, b: null }, /no known dtype/],
    [[], /no JSON object/],
    ['text', /no JSON object/],
  ];
  for (const [header, message] of cases) {
    await writeFile(path, safeTensors(JSON.stringify(header)));
    const read = openSafeTensors(path).then((model) => model.file.close());
    if (message === undefined) await t.resolves(read, JSON.stringify(header));
    else await t.rejects(read, { code: 'CPW_MODEL_INCOMPATIBLE', message });
  }
  await writeFile(path, safeTensors('['.repeat(1_000_000)));
  await t.rejects(openSafeTensors(path), { code: 'CPW_MODEL_INCOMPATIBLE', message: /no JSON/ });
});

function entry(dtype: string, shape: readonly number[], offsets: readonly number[]) {
  return { dtype, shape, data_offsets: offsets };
}

function safeTensors(json: string): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  return Buffer.concat([length, Buffer.from(json), Buffer.alloc(12)]);
}

void t.test('when a folder is mutated, detection and conversion end in a CpwError', async (t) => {
  const root = t.testdir();
  const input = await writeTinyWhisper(join(root, 'in'), small);
  const path = join(input, 'model.bin');
  const read = async () => {
    await detectModel(input);
    const output = join(root, 'out');
    await convertModel({ input, output, to: 'ctranslate2-int8', overwrite: true });
  };
  await survive(t, { original: await readFile(path), head: 4000, path, read });
});

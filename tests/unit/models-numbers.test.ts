import t from 'tap';
import {
  bfloatsToFloats,
  floatToHalf,
  floatsToHalves,
  halfToFloat,
  halvesToFloats,
} from '../../src/models/convert/half-float.js';
import { melFilters } from '../../src/models/convert/mel-filters.js';
import { quantizeRows } from '../../src/models/convert/quantize-int8.js';
import { tokenBytes } from '../../src/models/convert/whisper-vocabulary.js';

void t.test('when a half is widened and narrowed, all 65,536 come back', async (t) => {
  const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const floats = halvesToFloats(halves);
  const wrong = halves.filter((bits) => {
    const back = floatToHalf(floats[bits] ?? 0);
    const isNaN = (bits & 0x7c00) === 0x7c00 && (bits & 1023) !== 0;
    return isNaN ? (back & 0x7c00) !== 0x7c00 || (back & 1023) === 0 : back !== bits;
  });
  t.equal(wrong.length, 0);
  t.equal(halfToFloat(0x3c00), 1);
  t.equal(halfToFloat(0x0001), 2 ** -24);
  t.equal(halfToFloat(0xfbff), -65504);
});

void t.test(
  'when a float lies between two halves, the nearer one is taken, ties to even',
  async (t) => {
    for (let bits = 0; bits < 0x7bff; bits += 1) {
      const [low, high] = [halfToFloat(bits), halfToFloat(bits + 1)];
      const middle = (low + high) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      if (floatToHalf(middle) !== even) t.fail(`tie above ${bits}`);
      if (floatToHalf(low + (high - low) * 0.49) !== bits) t.fail(`below the tie of ${bits}`);
      if (floatToHalf(-(low + (high - low) * 0.51)) !== (0x8000 | (bits + 1)))
        t.fail(`above ${bits}`);
    }
    t.equal(floatToHalf(65519.9), 0x7bff);
    t.equal(floatToHalf(65520), 0x7c00);
    t.equal(floatToHalf(1e-9), 0);
    t.equal(floatToHalf(-0), 0x8000);
    t.equal(floatsToHalves(Float32Array.of(1, 70000)), undefined);
    t.equal(floatsToHalves(Float32Array.of(NaN)), undefined);
    t.same([...bfloatsToFloats(Uint16Array.of(0x3f80, 0xc000))], [1, -2]);
  },
);

void t.test('when rows are quantised, no weight is off by more than half a step', async (t) => {
  const depth = 33;
  const rows = 200;
  const floats = Float32Array.from(
    { length: depth * rows },
    (_, i) => Math.sin(i * 12.9898) * 10 ** (((i / depth) % 9) | 0) * 1e-4,
  );
  const target = new Int8Array(floats.length);
  const scales = quantizeRows(floats, depth, target);
  t.equal(scales?.length, rows);
  floats.forEach((value, i) => {
    const scale = scales?.[Math.floor(i / depth)] ?? NaN;
    const error = Math.abs((target[i] ?? 0) / scale - value);
    if (!(error <= 0.5001 / scale)) t.fail(`weight ${i}: ${value} is off by ${error}`);
  });
  for (let row = 0; row < rows; row += 1) {
    const values = target.subarray(row * depth, (row + 1) * depth);
    t.equal(Math.max(...values.map(Math.abs)), 127, `row ${row} uses the whole range`);
  }
});

void t.test('when rows are extreme, they are quantised as CTranslate2 does', async (t) => {
  const target = new Int8Array(4);
  t.same([...(quantizeRows(Float32Array.of(0, 0, 0, 0), 4, target) ?? [])], [1]);
  t.same([...target], [0, 0, 0, 0]);
  // 127 is the largest, so the scale is 1 and halves are ties: they go to the even number.
  quantizeRows(Float32Array.of(127, 0.5, 1.5, -2.5), 4, target);
  t.same([...target], [127, 0, 2, -2]);
  const tiny = quantizeRows(Float32Array.of(1e-42, 0, 0, 0), 4, target);
  t.ok(Number.isFinite(tiny?.[0]), 'the scale of a tiny row is finite');
  t.equal(quantizeRows(Float32Array.of(1, NaN, 0, 0), 4, target), undefined);
  t.equal(quantizeRows(Float32Array.of(1, Infinity, 0, 0), 4, target), undefined);
});

void t.test('when mel filters are made, they are the known ones', async (t) => {
  const eighty = melFilters(80);
  t.equal(eighty.length, 80 * 201);
  // The first weights of Whisper's published 80-band filters.
  t.ok(Math.abs((eighty[1] ?? 0) - 0.024862593) < 1e-8);
  t.ok(Math.abs((eighty[201 + 1] ?? 0) - 0.001990821) < 1e-8);
  t.ok(Math.abs((eighty[201 + 2] ?? 0) - 0.022871772) < 1e-8);
  const large = melFilters(128);
  t.ok(Math.abs((large[1] ?? 0) - 0.012373986) < 1e-8);
  for (const [mels, filters] of [
    [80, eighty],
    [128, large],
  ] as const) {
    for (let mel = 0; mel < mels; mel += 1) {
      const row = filters.subarray(mel * 201, (mel + 1) * 201);
      t.ok(row.every((weight) => weight >= 0) && Math.max(...row) > 0, `${mels}: band ${mel}`);
    }
  }
});

void t.test('when a token is decoded, its visible characters become bytes', async (t) => {
  t.same(tokenBytes('\u0120in'), Buffer.from(' in'));
  t.same(
    tokenBytes('\u00e5\u013e\u00ba'),
    Buffer.from('场'),
    'three bytes of one Chinese character',
  );
  t.same(tokenBytes(''), new Uint8Array());
  t.equal(tokenBytes('a b'), undefined, 'a space is never written as such');
});

/** Adding and subtracting 1.5 x 2^52 rounds a double to the nearest integer, ties to even. */
const ROUNDING_SHIFT = 1.5 * 2 ** 52;

/**
 * Quantises rows of `depth` floats as CTranslate2 does (model_spec.py, _quantize): the largest
 * magnitude of a row becomes 127, ties go to the even number. Returns the scales (value = int8 /
 * scale), or undefined when a weight is not finite.
 */
export function quantizeRows(
  floats: Float32Array,
  depth: number,
  target: Int8Array,
): Float32Array | undefined {
  const scales = new Float32Array(floats.length / depth);
  for (let row = 0; row < scales.length; row += 1) {
    const end = (row + 1) * depth;
    let largest = 0;
    let sum = 0;
    for (let i = row * depth; i < end; i += 1) {
      const magnitude = Math.abs(floats[i] as number);
      sum += magnitude;
      if (magnitude > largest) largest = magnitude;
    }
    // Any infinity or NaN stays in the sum; a comparison would lose the latter.
    if (!Number.isFinite(sum)) return undefined;
    // A row of zeros gets scale 1, a tiny one a scale that a float can still hold.
    const scale = Math.fround(largest === 0 ? 1 : 127 / Math.max(largest, 127 / 3.4028234e38));
    for (let i = row * depth; i < end; i += 1) {
      target[i] = Math.fround((floats[i] as number) * scale) + ROUNDING_SHIFT - ROUNDING_SHIFT;
    }
    scales[row] = scale;
  }
  return scales;
}

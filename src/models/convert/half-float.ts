/** Adding and subtracting 2^52 makes a double round to the nearest integer, ties to even. */
const ROUNDING_SHIFT = 2 ** 52;

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

let table: Float32Array | undefined;

/** The value of one IEEE 754 half (given by its 16 bits) as a number. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The 16 bits of the half nearest to `value`, ties to even; too large becomes infinity. */
export function floatToHalf(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  // 65520 and above lie nearer to 2^16 than to the largest half, 65504.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    return sign | ((magnitude - 0x38000000 + 0x0fff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  const steps = Math.abs(scratchFloat[0] ?? 0) * 2 ** 24;
  return sign | (steps + ROUNDING_SHIFT - ROUNDING_SHIFT);
}

/** Widens halves to floats by a table of all 65,536 values: about 1 ns each. */
export function halvesToFloats(halves: Uint16Array): Float32Array<ArrayBuffer> {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits));
  const known = table;
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) floats[i] = known[halves[i] as number] as number;
  return floats;
}

/** Widens bfloat16 values, which are the upper halves of floats. */
export function bfloatsToFloats(values: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i += 1) bits[i] = (values[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

/**
 * Narrows floats to halves. Returns undefined when one of them has no finite half: such a weight
 * would turn every result into NaN.
 */
export function floatsToHalves(floats: Float32Array): Uint16Array | undefined {
  const halves = new Uint16Array(floats.length);
  for (let i = 0; i < floats.length; i += 1) {
    const bits = floatToHalf(floats[i] as number);
    if ((bits & 0x7c00) === 0x7c00) return undefined;
    halves[i] = bits;
  }
  return halves;
}

/** True when none of the halves is infinite or NaN. */
export function areHalvesFinite(halves: Uint16Array): boolean {
  for (let i = 0; i < halves.length; i += 1) {
    if (((halves[i] as number) & 0x7c00) === 0x7c00) return false;
  }
  return true;
}

/** True when none of the floats is infinite or NaN. */
export function areFloatsFinite(floats: Float32Array): boolean {
  for (let i = 0; i < floats.length; i += 1) {
    if (!Number.isFinite(floats[i])) return false;
  }
  return true;
}

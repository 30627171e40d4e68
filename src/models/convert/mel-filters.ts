const SAMPLE_RATE = 16000;
const FFT_SIZE = 400;
/** Slaney's scale is linear below 1 kHz, 15 mels there, and logarithmic above. */
const HZ_PER_MEL = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ / HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

/** Frequencies that a 400-point transform yields. */
export const melBins = FFT_SIZE / 2 + 1;

/**
 * Whisper's mel filter bank: `mels` triangles over 0..8 kHz on Slaney's scale, each of unit area
 * (M. Slaney, Auditory Toolbox, 1998), as rows of {@link melBins} weights.
 */
export function melFilters(mels: number): Float32Array {
  const top = hzToMel(SAMPLE_RATE / 2);
  const edges = Array.from({ length: mels + 2 }, (_, i) => melToHz((top * i) / (mels + 1)));
  const filters = new Float32Array(mels * melBins);
  for (let mel = 0; mel < mels; mel += 1) {
    const [low = 0, centre = 0, high = 0] = edges.slice(mel, mel + 3);
    for (let bin = 0; bin < melBins; bin += 1) {
      const hz = (bin * SAMPLE_RATE) / FFT_SIZE;
      const weight = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
      filters[mel * melBins + bin] = Math.max(0, weight) * (2 / (high - low));
    }
  }
  return filters;
}

function hzToMel(hz: number): number {
  return hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

function melToHz(mel: number): number {
  return mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}

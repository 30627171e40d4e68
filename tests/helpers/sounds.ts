/** Sounds without a word in them, 16 kHz mono, the same at every call. */

const rate = 16_000;
const turn = 2 * Math.PI;

/** Nothing at all. */
export function silence(seconds: number): Float32Array {
  return new Float32Array(Math.round(seconds * rate));
}

/** Equal power at all frequencies; `level` is the highest sample. */
export function whiteNoise(seconds: number, level: number): Float32Array {
  const next = random(1);
  return fill(seconds, () => level * (2 * next() - 1));
}

/** Power that falls with the frequency, as rooms and recorders have it (Voss and McCartney's rows). */
export function pinkNoise(seconds: number, level: number): Float32Array {
  const next = random(2);
  const rows = Array.from({ length: 12 }, () => 2 * next() - 1);
  let sum = rows.reduce((all, one) => all + one, 0);
  return fill(seconds, (_, index) => {
    // The row with number k changes every 2^k samples.
    const row = Math.clz32((index + 1) & -(index + 1)) ^ 31;
    if (row < rows.length) {
      const fresh = 2 * next() - 1;
      sum += fresh - (rows[row] ?? 0);
      rows[row] = fresh;
    }
    return (level * sum) / rows.length;
  });
}

/** What bad wiring gives: the mains' frequency and its harmonics, the odd ones louder. */
export function hum(seconds: number, hertz: number): Float32Array {
  const harmonics = Array.from({ length: 12 }, (_, index) => index + 1);
  return fill(seconds, (at) =>
    harmonics.reduce((sum, n) => {
      const level = (n % 2 === 1 ? 0.12 : 0.05) / n;
      return sum + level * Math.sin(turn * hertz * n * at + n);
    }, 0),
  );
}

/** Tones of two seconds each over the whole range of a voice. */
export function tones(seconds: number): Float32Array {
  const steps = [110, 220, 330, 440, 660, 880, 1000, 1760, 2500, 3520];
  return fill(seconds, (at) => {
    const hertz = steps[Math.floor(at / 2) % steps.length] ?? 440;
    return 0.3 * Math.sin(turn * hertz * at);
  });
}

/** A tone that rises from 60 Hz to 7 kHz in ten seconds, again and again. */
export function sweeps(seconds: number): Float32Array {
  const span = 10;
  const growth = Math.log(7000 / 60);
  return fill(seconds, (at) => {
    const phase = (60 * span * (Math.exp((growth * (at % span)) / span) - 1)) / growth;
    return 0.3 * Math.sin(turn * phase);
  });
}

/** Four chords, a bass, and a beat of kick, snare and hi-hat at 120 to the minute. */
export function music(seconds: number): Float32Array {
  const next = random(3);
  const chords = [
    [261.63, 329.63, 392],
    [220, 261.63, 329.63],
    [174.61, 220, 261.63],
    [196, 246.94, 293.66],
  ];
  return fill(seconds, (at) => {
    const chord = chords[Math.floor(at / 2) % chords.length] ?? [];
    const inChord = at % 2;
    const played = chord.reduce((sum, hertz) => sum + note(hertz, at, inChord), 0);
    const bass = note((chord[0] ?? 0) / 4, at, at % 0.5);
    return 0.5 * (0.2 * played + 0.25 * bass + drums(at, 2 * next() - 1));
  });
}

/** A string that is struck: harmonics that die away, the high ones first. */
function note(hertz: number, at: number, since: number): number {
  let sum = 0;
  for (let n = 1; n <= 5; n += 1) {
    sum += (Math.sin(turn * hertz * n * at) * Math.exp(-since * (0.8 + 0.6 * n))) / n;
  }
  return sum;
}

function drums(at: number, noise: number): number {
  const beat = at % 1;
  const kick = Math.sin(turn * 55 * beat) * Math.exp(-beat * 18);
  const snare = beat < 0.5 ? 0 : noise * Math.exp(-(beat - 0.5) * 22);
  const hat = noise * Math.exp(-(at % 0.25) * 70);
  return 0.6 * kick + 0.35 * snare + 0.12 * hat;
}

function fill(seconds: number, sample: (at: number, index: number) => number): Float32Array {
  const samples = silence(seconds);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = sample(index / rate, index);
  }
  return samples;
}

/** Numbers in 0..1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How samples come over a socket. */
export const pcmFormats = ['pcm_s16le', 'f32le'] as const;
/** One of {@link pcmFormats}. */
export type PcmFormat = (typeof pcmFormats)[number];

/** Reads samples from frames that may be cut anywhere. */
export class PcmReader {
  readonly #width: 2 | 4;
  #left = Buffer.alloc(0);

  constructor(format: PcmFormat) {
    this.#width = format === 'pcm_s16le' ? 2 : 4;
  }

  /** The samples that are whole by now, from -1 to 1. */
  read(frame: Uint8Array): Float32Array {
    const bytes = Buffer.concat([this.#left, frame]);
    const count = Math.floor(bytes.length / this.#width);
    this.#left = Buffer.from(bytes.subarray(count * this.#width));
    const samples = new Float32Array(count);
    for (let at = 0; at < count; at += 1) samples[at] = this.#sample(bytes, at);
    return samples;
  }

  #sample(bytes: Buffer, at: number): number {
    if (this.#width === 2) return bytes.readInt16LE(at * 2) / 32_768;
    const value = bytes.readFloatLE(at * 4);
    // What is no number would spread through the engine.
    return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
  }
}

/** Samples a second. */
export const sampleRate = 16_000;

/** The audio of a stream that is still needed: samples come in behind, and are dropped in front. */
export class SampleWindow {
  #samples = new Float32Array(sampleRate * 8);
  #length = 0;
  /** Samples that were dropped so far. */
  #dropped = 0;

  /** Seconds from the stream's beginning to the window's. */
  get beginS(): number {
    return this.#dropped / sampleRate;
  }

  /** Seconds from the stream's beginning to the end of what has come. */
  get endS(): number {
    return (this.#dropped + this.#length) / sampleRate;
  }

  add(samples: Float32Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#samples.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#samples.length));
      larger.set(this.#samples.subarray(0, this.#length));
      this.#samples = larger;
    }
    this.#samples.set(samples, this.#length);
    this.#length = needed;
  }

  /** A copy of a part, since engines read while more comes. Times count from the stream's beginning. */
  part(fromS = this.beginS, toS = this.endS): Float32Array {
    return this.#samples.slice(this.#place(fromS), this.#place(toS));
  }

  /** Forgets what is before a time. */
  dropBefore(timeS: number): void {
    const count = this.#place(timeS);
    this.#samples.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.#dropped += count;
  }

  #place(timeS: number): number {
    const place = Math.round(timeS * sampleRate) - this.#dropped;
    return Math.max(0, Math.min(this.#length, place));
  }
}

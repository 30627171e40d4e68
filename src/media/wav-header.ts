/** Bytes before the samples of a WAV file. */
export const wavHeaderBytes = 44;

const sampleRate = 16_000;
const bytesPerSample = 2;
/** In the place of lengths that are not known yet; readers take all that follows. */
const unknown = 0xffff_ffff;

/**
 * The header of a 16 kHz mono WAV file of 16-bit samples. Without `dataBytes`, or beyond 4 GiB (37
 * hours), its lengths say that they are unknown.
 */
export function wavHeader(dataBytes?: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes);
  const known = dataBytes !== undefined && dataBytes + wavHeaderBytes < unknown;
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(known ? dataBytes + wavHeaderBytes - 8 : unknown, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * bytesPerSample, 28);
  header.writeUInt16LE(bytesPerSample, 32);
  header.writeUInt16LE(8 * bytesPerSample, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(known ? dataBytes : unknown, 40);
  return header;
}

/**
 * Samples as 16-bit numbers, little-endian; the inverse of how they are read. Uses `memory`, where it
 * is large enough, so that hours of sound leave no holes in the heap.
 */
export function pcmBytes(samples: Float32Array, memory?: Buffer): Buffer {
  const length = samples.length * bytesPerSample;
  const fits = memory !== undefined && memory.length >= length;
  const bytes = fits ? memory.subarray(0, length) : Buffer.allocUnsafe(length);
  // An index, since an iterator leaves an object a sample to the garbage collector.
  for (let index = 0; index < samples.length; index += 1) {
    const value = Math.round((samples[index] ?? 0) * 32_768);
    bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, value)), index * bytesPerSample);
  }
  return bytes;
}

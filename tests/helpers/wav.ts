import { readFileSync } from 'node:fs';

export interface WavShape {
  /** WAVE_FORMAT_PCM (1) or WAVE_FORMAT_IEEE_FLOAT (3), and the bits of a sample. */
  readonly encoding: { readonly tag: 1 | 3; readonly bits: 8 | 16 | 24 | 32 | 64 };
  readonly channels: number;
  readonly rate: number;
  readonly frames: number;
  readonly extensible?: boolean;
  readonly length?: 'right' | 'unknown' | 'zero';
  /** Content bytes of a chunk that stands before the samples, 0 = none. */
  readonly chunkBefore?: number;
}

/** A WAV file of a quiet ramp, the same in each channel. */
export function wavOf(shape: WavShape): Uint8Array {
  const { encoding, channels, rate, frames, extensible = false, chunkBefore = 0 } = shape;
  const block = (channels * encoding.bits) / 8;
  const fmt = Buffer.alloc(extensible ? 40 : 16);
  fmt.writeUInt16LE(extensible ? 0xff_fe : encoding.tag, 0);
  fmt.writeUInt16LE(channels, 2);
  fmt.writeUInt32LE(rate, 4);
  fmt.writeUInt32LE(rate * block, 8);
  fmt.writeUInt16LE(block, 12);
  fmt.writeUInt16LE(encoding.bits, 14);
  if (extensible) {
    fmt.writeUInt16LE(22, 16);
    fmt.writeUInt16LE(encoding.bits, 18);
    fmt.writeUInt16LE(encoding.tag, 24);
    fmt.write('000000001000800000aa00389b71', 26, 'hex');
  }
  const data = Buffer.alloc(frames * block);
  for (let i = 0; i < frames * channels; i++) writeSample(data, encoding, i);
  const before = chunkBefore > 0 ? chunk('LIST', Buffer.alloc(chunkBefore, 1)) : Buffer.alloc(0);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', fmt),
    before,
    chunk('data', data),
  ]);
  const file = chunk('RIFF', body);
  const told = { right: undefined, unknown: 0xff_ff_ff_ff, zero: 0 }[shape.length ?? 'right'];
  if (told !== undefined) {
    file.writeUInt32LE(told, 4);
    file.writeUInt32LE(told, file.length - data.length - 4);
  }
  return file;
}

function chunk(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(content.length, 4);
  // Chunks begin at even places; the last one needs nothing behind it.
  const even = name === 'LIST' && content.length % 2 === 1 ? [Buffer.alloc(1)] : [];
  return Buffer.concat([head, content, ...even]);
}

function writeSample(data: Buffer, { tag, bits }: WavShape['encoding'], index: number): void {
  const at = (index * bits) / 8;
  const value = 0.1 + (index % 1_000) / 10_000;
  if (tag === 3 && bits === 64) data.writeDoubleLE(value, at);
  else if (tag === 3) data.writeFloatLE(value, at);
  else if (bits === 8) data.writeUInt8(128 + Math.round(value * 127), at);
  else if (bits === 32) data.writeInt32LE(Math.round(value * 2 ** 31), at);
  else data.writeIntLE(Math.round(value * 2 ** (bits - 1)), at, bits / 8);
}

/** The samples of a 16 kHz mono WAV file of 16-bit PCM without more chunks than it needs. */
export function readPcm(path: string): Float32Array {
  const file = readFileSync(path);
  const data = file.subarray(file.indexOf('data') + 8);
  const samples = new Float32Array(Math.floor(data.length / 2));
  for (let i = 0; i < samples.length; i += 1) samples[i] = data.readInt16LE(2 * i) / 32_768;
  return samples;
}

/** A WAV file of 16-bit PCM, 16 kHz, with these samples as its channels, all of one length. */
export function pcmFile(channels: readonly Float32Array[]): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  const file = wavOf({
    encoding: { tag: 1, bits: 16 },
    channels: channels.length,
    rate: 16_000,
    frames,
  });
  const data = Buffer.from(
    file.buffer,
    file.byteOffset + file.length - 2 * frames * channels.length,
  );
  for (let i = 0; i < frames; i += 1) {
    for (const [at, samples] of channels.entries()) {
      const value = Math.round((samples[i] ?? 0) * 32_767);
      data.writeInt16LE(Math.max(-32_768, Math.min(32_767, value)), 2 * (i * channels.length + at));
    }
  }
  return file;
}

/** One after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

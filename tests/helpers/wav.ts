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

import { open } from 'node:fs/promises';

const headBytes = 4096;

/**
 * Seconds of audio that the header of a WAV or FLAC file tells, without reading the audio;
 * undefined for other files, and for headers that do not say.
 */
export async function headerDuration(path: string): Promise<number | undefined> {
  try {
    await using file = await open(path);
    const info = await file.stat();
    // Reading a pipe would take away what belongs to the run.
    if (!info.isFile()) return undefined;
    const head = Buffer.alloc(headBytes);
    const { bytesRead } = await file.read(head, 0, headBytes, 0);
    const seen = head.subarray(0, bytesRead);
    const seconds = wavDuration(seen, info.size) ?? flacDuration(seen);
    return seconds !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  } catch {
    return undefined; // the run itself says what is wrong with it
  }
}

function wavDuration(head: Buffer, fileBytes: number): number | undefined {
  if (tag(head, 0) !== 'RIFF' || tag(head, 8) !== 'WAVE') return undefined;
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= head.length;) {
    const bytes = head.readUInt32LE(at + 4);
    if (tag(head, at) === 'fmt ' && at + 24 <= head.length) {
      bytesPerSecond = head.readUInt32LE(at + 16);
    }
    // A recorder that was cut off, or a stream, leaves 0 or 2^32-1 as the size.
    const rest = fileBytes - at - 8;
    if (tag(head, at) === 'data')
      return (bytes === 0 ? rest : Math.min(bytes, rest)) / bytesPerSecond;
    at += 8 + bytes + (bytes % 2);
  }
  return undefined;
}

/** STREAMINFO is the first block: 20 bits of rate, and 36 of samples after 8 of shape. */
function flacDuration(head: Buffer): number | undefined {
  if (tag(head, 0) !== 'fLaC' || head.length < 26) return undefined;
  const rate = head.readUIntBE(18, 3) >> 4;
  const samples = (head.readUInt8(21) & 0x0f) * 2 ** 32 + head.readUInt32BE(22);
  return samples / rate;
}

function tag(head: Buffer, at: number): string {
  return head.toString('latin1', at, at + 4);
}

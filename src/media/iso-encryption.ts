import { open, type FileHandle } from 'node:fs/promises';

/** Boxes on the way to the descriptions of the tracks. */
const containers = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
/** Sample entries of Common Encryption, of iTunes and of Audible. */
const encrypted = /enca|drms|aavd/u;
const longestDescription = 1 << 16;
const mostBoxes = 10_000;

/**
 * Whether an MP4 or MOV file describes encrypted audio. Decoders take such data for damaged, so
 * nothing else says it. False for what is no such file.
 */
export async function hasEncryptedAudio(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await searchBoxes(file, { from: 0, to: size, left: { boxes: mostBoxes } });
  } finally {
    await file.close();
  }
}

interface Region {
  readonly from: number;
  readonly to: number;
  /** Shared by the whole search: a damaged file may nest without end. */
  readonly left: { boxes: number };
}

async function searchBoxes(file: FileHandle, { from, to, left }: Region): Promise<boolean> {
  for (let at = from; at + 8 <= to && left.boxes > 0; left.boxes -= 1) {
    const head = await read(file, at, 16);
    if (head.length < 16) return false;
    const type = head.toString('latin1', 4, 8);
    const short = head.readUInt32BE(0);
    // 1: a 64-bit size follows the type. 0: up to the end.
    const begin = at + (short === 1 ? 16 : 8);
    const size = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? to - at : short;
    const end = Math.min(at + size, to);
    if (end < begin) return false;
    if (type === 'stsd') {
      const text = await read(file, begin, Math.min(end - begin, longestDescription));
      if (encrypted.test(text.toString('latin1'))) return true;
    }
    if (containers.has(type) && (await searchBoxes(file, { from: begin, to: end, left }))) {
      return true;
    }
    at = end;
  }
  return false;
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

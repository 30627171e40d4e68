/** Whether the beginning of an MP4 or MOV file shows that it can be read without seeking. */
export type IsoOrder = 'index-first' | 'index-last' | 'more';

/**
 * Looks for the index (`moov`) among a file's outermost boxes. Behind the media data (`mdat`) it
 * is of no use to a reader that cannot go back.
 */
export function isoOrder(head: Uint8Array): IsoOrder {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let at = 0;
  while (at + 16 <= head.length) {
    const type = String.fromCharCode(...head.subarray(at + 4, at + 8));
    if (type === 'moov') return 'index-first';
    if (type === 'mdat') return 'index-last';
    const short = view.getUint32(at);
    // 1: a 64-bit size follows the type. 0: up to the end of the file.
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short;
    if (size < 8) return 'index-last';
    at += size;
  }
  return 'more';
}

/** Containers that are written to be read from front to back. */
export function isStreamable(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 12)).toString('latin1');
  const streamed = ['\x1A\x45\xDF\xA3', 'OggS', 'FLV', '#!AMR', '.snd', 'G'];
  const adts = head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0;
  return adts || streamed.some((magic) => text.startsWith(magic));
}

// The scripts of India that ISCII ordered alike: a letter has the same place in each block of Unicode.

const blocks: Readonly<Record<string, number>> = {
  Deva: 0x900,
  Beng: 0x980,
  Guru: 0xa00,
  Gujr: 0xa80,
  Orya: 0xb00,
  Taml: 0xb80,
  Telu: 0xc00,
  Knda: 0xc80,
  Mlym: 0xd00,
};
/** Places that the blocks share; what follows is each script's own. */
const shared = 0x6f;
const danda = 0x64;
const doubleDanda = 0x65;

/**
 * A text in the script of another language, both given by FLORES-200's code. It stays as it is where
 * one of them is in no such script, and so do characters of other blocks.
 */
export function transliterate(text: string, from: string, to: string): string {
  const source = blocks[from.split('_')[1] ?? ''];
  const target = blocks[to.split('_')[1] ?? ''];
  if (source === undefined || target === undefined || source === target) return text;
  return Array.from(text, (letter) => {
    const place = (letter.codePointAt(0) ?? 0) - source;
    if (place < 0 || place > shared || place === danda || place === doubleDanda) return letter;
    return String.fromCodePoint(target + (target === blocks['Taml'] ? tamilPlace(place) : place));
  }).join('');
}

/** Tamil has one letter where the others tell voiced and aspirated ones apart. */
function tamilPlace(place: number): number {
  const [ka, na, ja, pa, ba, bha, pha, sha, ssa] = [
    0x15, 0x28, 0x1c, 0x2a, 0x2c, 0x2d, 0x2b, 0x36, 0x37,
  ];
  if (place >= ka && place <= na && place !== ja) {
    const inRow = (place - ka) % 5;
    return inRow === 0 || inRow === 4 ? place : place - inRow;
  }
  if (place === pha || place === ba || place === bha) return pa;
  return place === sha ? ssa : place;
}

import path from 'node:path';

// 255 bytes are what file systems take; the longest extension and a safety margin go off.
const maxBytes = 240;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

/**
 * A file name made from any text: no `..`, no `/`, no control character or lone surrogate, no
 * reserved name, at most 240 bytes, never empty. Ordinary names, quotes and all, stay as they are.
 */
export function sanitizeFilename(text: string): string {
  const name = text
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029/]/gu, '_')
    .replaceAll(/\.{2,}/gu, '.')
    .trim();
  const shortened = truncate(name).replace(/[. ]+$/u, '');
  if (shortened === '') return '_';
  return reserved.test(shortened) ? `_${shortened}` : shortened;
}

/** The safe name of an input without folder and extension, on which its outputs' names are built. */
export function stemOf(input: string): string {
  return sanitizeFilename(path.parse(input).name);
}

function truncate(name: string): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  let kept = '';
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    kept += segment;
  }
  return kept;
}

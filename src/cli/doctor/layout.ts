/** A name and what is said of it; a line break in the text stays one. */
export type Row = readonly [name: string, text: string];

/** Sections of rows as aligned text, wrapped at blanks. */
export function sections(
  title: string,
  parts: readonly (readonly [heading: string, rows: readonly Row[]])[],
  { width, verdict }: { readonly width: number; readonly verdict: string },
): string {
  const lines = parts.flatMap(([heading, rows]) => ['', heading, ...layOut(rows, width)]);
  return `${[title, ...lines, '', verdict].join('\n')}\n`;
}

function layOut(rows: readonly Row[], width: number): string[] {
  const names = Math.max(...rows.map(([name]) => name.length));
  const indent = names + 4;
  return rows.flatMap(([name, text]) => {
    const lines = text.split('\n').flatMap((line) => wrap(line, width - indent));
    return lines.map((line, at) => `  ${(at === 0 ? name : '').padEnd(names)}  ${line}`.trimEnd());
  });
}

/** Lines of at most `width`; a longer word, such as a path, has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/u)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width && line !== '') {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

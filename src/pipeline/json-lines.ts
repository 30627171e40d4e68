/** The lines of a text that comes in pieces, without their ends; an unfinished last one is left out. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let open: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let rest = open.length === 0 ? chunk : Buffer.concat([open, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      yield rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
    }
    // A copy: the chunk's memory may be used again for the next one.
    open = Buffer.from(rest);
  }
}

/** A value as a line of its own. */
export function lineOf(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const run = promisify(execFile);
/** CPW_TEST_LONG=1 runs what the project promises in full; otherwise a short form with the same bounds. */
export const long = process.env['CPW_TEST_LONG'] === '1';

/** One measuring program in a process of its own; its last line is its figures. */
export function measure(
  name: string,
  ...args: readonly (string | number)[]
): Promise<Readonly<Record<string, number>>> {
  return measureWith([], name, ...args);
}

/** Like {@link measure}, with flags of Node's. */
export async function measureWith(
  flags: readonly string[],
  name: string,
  ...args: readonly (string | number)[]
): Promise<Readonly<Record<string, number>>> {
  const file = fileURLToPath(new URL(`../../bench/programs/${name}.mjs`, import.meta.url));
  const { stdout } = await run(process.execPath, [...flags, file, ...args.map(String)], {
    timeout: 1_800_000,
  });
  const line = stdout.trim().split('\n').at(-1) ?? '';
  t.comment(`${name}: ${line}`);
  return JSON.parse(line) as Readonly<Record<string, number>>;
}

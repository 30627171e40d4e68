import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Test } from 'tap';
import type { Cue } from '../../src/subtitles/cue.js';
import { runCli } from './run-cli.js';

/** All that cues show, as one text. */
export const textOf = (cues: readonly Cue[]): string =>
  cues.flatMap(({ lines }) => lines).join(' ');

/** Runs `translate` on files with these contents. */
export async function run(
  t: Test,
  files: Readonly<Record<string, string>>,
  args: readonly string[],
) {
  const folder = t.testdir({});
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const inputs = Object.keys(files).map((name) => path.join(folder, name));
  const output = path.join(folder, 'out');
  const ended = await runCli(['translate', ...inputs, '--output-dir', output, ...args]);
  const written = await readdir(output).catch(() => []);
  const read = (name: string) => readFile(path.join(output, name), 'utf8');
  return { ...ended, written: written.toSorted((a, b) => (a < b ? -1 : 1)), read };
}

/** Subtitles with a sentence over two cues, a line in another script, and one that says nothing. */
export const film = `1
00:00:01,000 --> 00:00:02,500
Everything is fine, but call

2
00:00:02,600 --> 00:00:04,500
Maria at two o'clock. I am hungry.

3
00:00:07,000 --> 00:00:08,500
你好吗 你好吗

4
00:00:11,000 --> 00:00:12,500
♪ 123
`;

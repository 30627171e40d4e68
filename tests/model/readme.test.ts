import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { wordErrorRate, wordErrors } from '../helpers/word-error-rate.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const spoken =
  'And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.';

t.test('when the example of the README runs as it stands, it prints the recording', async (t) => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const example = /```js\n([\s\S]+?)```/u.exec(readme)?.[1];
  if (example === undefined) throw new Error('README.md holds no block that begins with ```js');
  t.match(example, "from 'cpw-native'", 'it imports the package by its name');

  // Inside the checkout, so that the package's name means this package.
  const folder = path.join(root, 'build', 'readme');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'example.mjs');
  await writeFile(file, example);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: root });

  const lines = stdout.trim().split('\n');
  t.ok(
    lines.every((line) => /^\d+\.\d\d–\d+\.\d\d /u.test(line)),
    'each line begins with its times',
  );
  const text = lines.map((line) => line.replace(/^\S+ /u, '')).join(' ');
  t.ok(wordErrorRate(wordErrors(spoken, text)) <= 0.05, `the words are the speaker's: ${text}`);
});

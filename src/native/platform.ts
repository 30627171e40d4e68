import { missingCpuFeatures } from './cpu.js';
import { elfInterpreter } from './elf.js';

/** What decides whether a binary for this machine exists. */
export interface PlatformFacts {
  readonly platform: string;
  readonly arch: string;
  /** Linux's C library, undefined where it cannot be told. */
  readonly libc: 'glibc' | 'musl' | undefined;
  /** Features that the addon's x64 code needs and this CPU lacks. */
  readonly missingCpuFeatures: readonly string[];
}

/** Platforms that there are binaries for, with what the system must have. */
export const supportedPlatforms = {
  'linux-x64': 'glibc 2.28 or newer: Debian 10, Ubuntu 20.04, RHEL 8; a CPU with AVX2',
  'linux-arm64': 'glibc 2.28 or newer: Debian 10, Ubuntu 20.04, RHEL 8',
  'darwin-arm64': 'macOS on Apple silicon',
} as const;

/** Asks this process and its machine. */
export function platformFacts(): PlatformFacts {
  return {
    platform: process.platform,
    arch: process.arch,
    libc: process.platform === 'linux' ? linuxLibc() : undefined,
    missingCpuFeatures: missingCpuFeatures(),
  };
}

/** Why no binary fits, with what exists and the next step; undefined where one can. */
export function platformRefusal(facts: PlatformFacts): string | undefined {
  const platform = `${facts.platform}-${facts.arch}`;
  if (facts.libc === 'musl') {
    return refusal(
      `${platform} with musl, the C library of Alpine`,
      'use a system with glibc; in a container, an image on Debian (node:22-slim) instead of Alpine',
    );
  }
  if (!Object.hasOwn(supportedPlatforms, platform)) return refusal(platform, hint(facts));
  if (facts.missingCpuFeatures.length === 0) return undefined;
  return (
    `This CPU lacks ${facts.missingCpuFeatures.join(', ')}, which the native addon needs. ` +
    'Next step: run on a CPU with AVX2 (Intel since 2013, AMD since 2015); a virtual machine must ' +
    'pass the feature on.'
  );
}

/** The version of glibc that runs, undefined on other C libraries. Takes about 25 ms. */
export function glibcVersion(): string | undefined {
  const header = reportOfProcess()['header'];
  const version = isRecord(header) ? header['glibcVersionRuntime'] : undefined;
  return typeof version === 'string' ? version : undefined;
}

function refusal(what: string, next: string): string {
  const rows = Object.entries(supportedPlatforms).map(([name, needs]) => `\n  ${name} (${needs})`);
  return `There is no cpw-native for ${what}. There is one for${rows.join('')}\nNext step: ${next}.`;
}

function hint({ platform, arch }: PlatformFacts): string {
  if (platform === 'win32') return 'use WSL 2, whose Linux is linux-x64 to cpw-native';
  if (platform === 'darwin') {
    return 'on a Mac with Apple silicon, install the arm64 build of Node (this one is for Intel)';
  }
  if (platform === 'linux' && (arch === 'ia32' || arch === 'arm')) {
    return 'this Node is a 32-bit build: on a 64-bit system install the 64-bit one';
  }
  return 'run on one of these';
}

// The interpreter of Node's own executable tells in microseconds; the report is for a Node that
// was linked or patched in another way.
function linuxLibc(): PlatformFacts['libc'] {
  const interpreter = interpreterOfNode();
  if (interpreter !== undefined) return interpreter.startsWith('ld-musl') ? 'musl' : 'glibc';
  const report = reportOfProcess();
  if (isRecord(report['header']) && 'glibcVersionRuntime' in report['header']) return 'glibc';
  const libraries = report['sharedObjects'];
  const musl =
    Array.isArray(libraries) &&
    libraries.some((one: unknown) => /(libc\.|ld-)musl-/u.test(String(one)));
  return musl ? 'musl' : undefined;
}

function interpreterOfNode(): string | undefined {
  try {
    return elfInterpreter(process.execPath);
  } catch {
    return undefined; // not readable: the report knows as well
  }
}

function reportOfProcess(): Record<string, unknown> {
  // Without this, Node resolves the names of all open connections, which can take seconds.
  const settings = process.report as { excludeNetwork?: boolean };
  const before = settings.excludeNetwork;
  settings.excludeNetwork = true;
  try {
    const report: unknown = process.report.getReport();
    return isRecord(report) ? report : {};
  } finally {
    settings.excludeNetwork = before ?? false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

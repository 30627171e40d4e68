/** What a failed load means, and what mends it. */
export interface LoadFailure {
  readonly meaning: string;
  readonly next: string;
}

interface Row {
  readonly pattern: RegExp;
  readonly explain: (match: RegExpExecArray, glibc: () => string | undefined) => LoadFailure;
}

/** What mends a file that is not what was published. */
export const installAgain =
  'remove node_modules and install again (npm ci); in a checkout: npm run build';

// The words are those of glibc's and macOS's loaders and of Node, each seen or from their sources.
const rows: readonly Row[] = [
  {
    pattern: /version [`']GLIBC_([\d.]+)' not found/u,
    explain: ([, needed], glibc) => ({
      meaning: `it needs glibc ${needed}, this system has ${glibc() ?? 'another'}`,
      next:
        `run on a system with glibc ${needed} or newer. What is published needs 2.28 ` +
        '(Debian 10, Ubuntu 20.04, RHEL 8 or newer); a file built elsewhere must be built here',
    }),
  },
  {
    pattern: /version [`']((?:GLIBCXX|CXXABI|GCC)_[\d.]+)' not found/u,
    explain: ([, needed]) => ({
      meaning: `it was built with a newer C++ runtime (${needed})`,
      next: 'build it on this system: npm run build; what is published brings its C++ runtime',
    }),
  },
  {
    pattern: /(lib(?:cuda|cudart|cublas|cublasLt|nvrtc)\.so[.\d]*): cannot open shared/u,
    explain: ([, library]) => ({
      meaning: `it is the build for CUDA, and ${library} is missing`,
      next:
        "install NVIDIA's driver and the CUDA 12 runtime, or remove the CUDA package " +
        '(npm uninstall @cpw-native/linux-x64-cuda)',
    }),
  },
  {
    pattern: /(?:(\S+\.so[.\d]*): cannot open shared object|Library not loaded: (\S+))/u,
    explain: ([, onLinux, onMac]) => ({
      meaning: `the library ${onLinux ?? onMac ?? ''} is missing`,
      next: `install the system's package that holds ${onLinux ?? onMac ?? 'it'}, or build here`,
    }),
  },
  {
    pattern:
      /invalid ELF header|file too short|wrong ELF class|not a mach-o file|incompatible architecture|truncated mach-o/iu,
    explain: () => ({
      meaning: 'the file is damaged or for another architecture',
      next: installAgain,
    }),
  },
  {
    pattern: /undefined symbol: (napi_|node_api_)\w+|Symbol not found: _?(napi_|node_api_)/u,
    explain: () => ({
      meaning: `this Node (${process.versions.node}) is too old for it`,
      next: 'use Node.js 20.19 or newer',
    }),
  },
  {
    pattern: /failed to map segment|Operation not permitted/u,
    explain: () => ({
      meaning: 'the system forbids running code from that folder (mounted noexec, or by a policy)',
      next: 'install into a folder on a file system that allows it',
    }),
  },
  {
    pattern: /Permission denied|EACCES/u,
    explain: () => ({
      meaning: 'this user may not read the file',
      next: 'make the file and its folders readable, or install again as this user',
    }),
  },
  {
    pattern: /code signature|library load disallowed|quarantine/iu,
    explain: () => ({
      meaning: 'macOS does not trust the file',
      next: 'xattr -dr com.apple.quarantine node_modules, or install again with npm',
    }),
  },
  {
    pattern: /static TLS/u,
    explain: () => ({
      meaning: 'other libraries took the memory that it must have from the start',
      next: 'import cpw-native before other native packages',
    }),
  },
  {
    pattern: /did not self-register|undefined symbol|Symbol not found/u,
    explain: () => ({
      meaning: 'the file is no addon of this version',
      next: installAgain,
    }),
  },
];

/**
 * Reads a loader's message. `glibc` is asked only where the version matters.
 */
export function explainLoadFailure(
  message: string,
  glibc: () => string | undefined,
): LoadFailure | undefined {
  for (const { pattern, explain } of rows) {
    const match = pattern.exec(message);
    if (match !== null) return explain(match, glibc);
  }
  return undefined;
}

// Lays out what a release publishes: the core, whose package.json gets optionalDependencies here
// (they do not exist until they are published, so the checkout's lock file cannot hold them), and a
// package for each platform with its addon alone.
//   node scripts/platform-packages.mjs --out build/packages --prebuilds prebuilds \
//     --expect linux-x64,linux-arm64,darwin-arm64 --repository https://…
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeProgramsExecutable, removeStaleOutput } from './dist.mjs';
import { ensureDist } from './ensure.mjs';
import { main, root, StepError } from './process.mjs';

/**
 * @typedef {object} PlatformPackage
 * @property {string} key Its folder of prebuilds, and its name in the scope @cpw-native.
 * @property {string} platform As Node writes it: the folder of prebuilds inside the package.
 * @property {string[]} os @property {string[]} cpu @property {string[]} [libc]
 * @property {string} needs @property {boolean} [optIn] Not among the core's optionalDependencies.
 */

/** @type {readonly PlatformPackage[]} */
export const platformPackages = [
  {
    key: 'linux-x64',
    platform: 'linux-x64',
    os: ['linux'],
    cpu: ['x64'],
    libc: ['glibc'],
    needs: 'Linux on x64 with glibc 2.28 or newer and a CPU with AVX2',
  },
  {
    key: 'linux-arm64',
    platform: 'linux-arm64',
    os: ['linux'],
    cpu: ['arm64'],
    libc: ['glibc'],
    needs: 'Linux on arm64 with glibc 2.28 or newer',
  },
  {
    key: 'darwin-arm64',
    platform: 'darwin-arm64',
    os: ['darwin'],
    cpu: ['arm64'],
    needs: 'macOS on Apple silicon',
  },
  {
    key: 'linux-x64-cuda',
    platform: 'linux-x64',
    os: ['linux'],
    cpu: ['x64'],
    libc: ['glibc'],
    needs: "Linux on x64 with glibc 2.28 or newer, NVIDIA's driver and the CUDA 12 runtime",
    optIn: true,
  },
];

const serverName = '@cpw-native/server';
const nameOf = ({ key }) => `@cpw-native/${key}`;
const ofDevelopment = new Set(['scripts', 'devDependencies', 'workspaces', 'gypfile', 'binary']);
const papers = ['LICENSE', 'THIRD_PARTY_NOTICES'];

if (process.argv[1] === import.meta.filename)
  await main(() => layOut(parse(process.argv.slice(2))));

function parse(args) {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string', default: 'build/packages' },
      prebuilds: { type: 'string', default: 'prebuilds' },
      expect: { type: 'string', default: '' },
      repository: { type: 'string' },
    },
  });
  return { ...values, expect: values.expect.split(',').filter(Boolean) };
}

/** @param {{ out: string, prebuilds: string, expect: string[], repository?: string }} options */
async function layOut({ out, prebuilds, expect, repository }) {
  const addons = new Map(
    platformPackages.map((one) => [one.key, addonsIn(path.resolve(root, prebuilds, one.key))]),
  );
  const missing = expect.filter((key) => (addons.get(key) ?? []).length === 0);
  if (missing.length > 0) {
    throw new StepError(`No addon for ${missing.join(', ')} in ${prebuilds}.`);
  }
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const common = commonFields(manifest, repository);
  const target = path.resolve(root, out);
  rmSync(target, { recursive: true, force: true });
  removeStaleOutput();
  await ensureDist();
  layOutCore(path.join(target, 'cpw-native'), coreManifest(manifest, common));
  layOutServer(path.join(target, 'server'), common);
  for (const one of platformPackages) {
    const [addon, second] = addons.get(one.key);
    if (addon === undefined) continue;
    if (second !== undefined) throw new StepError(`More than one addon for ${one.key}: ${second}`);
    layOutPlatform(path.join(target, one.key), one, { addon, common });
  }
  for (const name of readdirSync(target)) process.stdout.write(`${path.join(out, name)}\n`);
}

function addonsIn(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.node'));
  return names.map((name) => path.join(folder, name));
}

/** What every published package.json says. Provenance is refused without the repository. */
function commonFields({ version, license, engines }, repository) {
  return {
    version,
    license,
    engines,
    ...(repository ? { repository: { type: 'git', url: `git+${repository}.git` } } : {}),
    publishConfig: { access: 'public', provenance: true },
  };
}

/** The core's package.json: nothing of development, and the platform packages at its own version. */
export function coreManifest(manifest, common) {
  const published = Object.entries(manifest).filter(([name]) => !ofDevelopment.has(name));
  const plain = platformPackages.filter(({ optIn }) => !optIn);
  const optIn = platformPackages.filter((one) => one.optIn);
  const table = (packages, value) =>
    Object.fromEntries(packages.map((one) => [nameOf(one), value]));
  return {
    ...Object.fromEntries(published),
    ...common,
    files: manifest.files.filter((pattern) => !pattern.includes('prebuilds/')),
    optionalDependencies: table(plain, manifest.version),
    // A peer, so that package managers that isolate packages let the core find it, and so that
    // another version is refused; optional, so that none of them brings it.
    peerDependencies: { ...table(optIn, manifest.version), [serverName]: manifest.version },
    peerDependenciesMeta: { ...table(optIn, { optional: true }), [serverName]: { optional: true } },
  };
}

function layOutCore(folder, manifest) {
  copyDist(path.join(root, 'dist'), path.join(folder, 'dist'));
  makeProgramsExecutable(folder);
  for (const name of [...papers, 'README.md', 'CHANGELOG.md']) {
    cpSync(path.join(root, name), path.join(folder, name));
  }
  cpSync(path.join(root, 'models'), path.join(folder, 'models'), { recursive: true });
  writeManifest(folder, manifest);
}

/** The server's package, which the core finds where it is installed. */
function layOutServer(folder, common) {
  const own = path.join(root, 'src/service');
  const manifest = JSON.parse(readFileSync(path.join(own, 'package.json'), 'utf8'));
  const { private: _, devDependencies: __, ...published } = manifest;
  copyDist(path.join(own, 'dist'), path.join(folder, 'dist'));
  cpSync(path.join(own, 'README.md'), path.join(folder, 'README.md'));
  cpSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  const peerDependencies = { 'cpw-native': common.version };
  writeManifest(folder, { ...published, ...common, peerDependencies });
}

/** What is compiled, and the files of the page. The maps lead to sources that no package holds, so they stay. */
function copyDist(from, to) {
  for (const name of readdirSync(from, { recursive: true })) {
    const source = path.join(from, name);
    const copy = path.join(to, name);
    if (name.endsWith('.js')) {
      writeFile(
        copy,
        readFileSync(source, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'),
      );
    } else if (/\.(d\.ts|mjs|html|css)$/.test(name)) writeFile(copy, readFileSync(source));
  }
}

/** @param {string} folder @param {PlatformPackage} one @param {{ addon: string, common: object }} parts */
function layOutPlatform(folder, one, { addon, common }) {
  const { platform, os, cpu, libc, needs, optIn } = one;
  writeManifest(folder, {
    name: nameOf(one),
    description: `The native addon of cpw-native for ${needs}`,
    ...common,
    license: 'SEE LICENSE IN THIRD_PARTY_NOTICES',
    os,
    cpu,
    ...(libc ? { libc } : {}),
    files: ['prebuilds/*/*.node', ...papers],
    // Yarn runs packages from archives, and an addon cannot be loaded from one.
    preferUnplugged: true,
  });
  const installed = optIn
    ? 'Install it beside cpw-native, at the same version; cpw-native then prefers it.'
    : 'npm installs it with cpw-native, where it fits. It is of no use alone.';
  writeFile(
    path.join(folder, 'README.md'),
    `# ${nameOf(one)}\n\nThe native addon of cpw-native for ${needs}. ${installed}\n\n` +
      'cpw-native is under the MIT licence (LICENSE); the addon holds works of others, whose ' +
      'terms stand in THIRD_PARTY_NOTICES.\n',
  );
  for (const name of papers) cpSync(path.join(root, name), path.join(folder, name));
  const inside = path.join(folder, 'prebuilds', platform, path.basename(addon));
  mkdirSync(path.dirname(inside), { recursive: true });
  cpSync(addon, inside);
}

function writeManifest(folder, manifest) {
  writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function writeFile(file, content) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

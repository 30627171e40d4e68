// Brings what a checkout lacks. Plain Node: it runs before node_modules exists.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bringPromtool } from './bring-promtool.mjs';
import { mustRun, root, since } from './process.mjs';

const addonFile = 'build/Release/cpw-native.node';

/** node_modules as the lock file says: `npm ci` where a package is missing or of another version. */
export async function ensureNodeModules() {
  if (installedAsLocked()) return;
  const npm = process.env.npm_execpath;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  await step('npm ci', (prefix) =>
    npm
      ? mustRun('npm ci', process.execPath, [npm, ...args], { prefix })
      : mustRun('npm ci', 'npm', args, { prefix }),
  );
}

/** The addon in build/Release, built again when a native source or a lock changed since. */
export async function ensureNative() {
  const key = nativeKey('scripts/build-native.mjs');
  if (existsSync(path.join(root, addonFile)) && stamp('native') === key) return;
  await step('native build', (prefix) =>
    mustRun('The native build', process.execPath, ['scripts/build-native.mjs'], { prefix }),
  );
  if (!existsSync(path.join(root, addonFile))) {
    throw new Error(`the native build ended well and left no ${addonFile}`);
  }
  writeStamp('native', key);
}

/** The shipped binary in prebuilds, for the tests of packages; compiled again when the addon is. */
export async function ensurePrebuild() {
  const key = nativeKey('scripts/build-prebuild.mjs', 'scripts/zig.mjs');
  const folder = path.join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  if (existsSync(folder) && readdirSync(folder).length > 0 && stamp('prebuild') === key) return;
  await step('prebuild', (prefix) =>
    mustRun('The prebuild', process.execPath, ['scripts/build-prebuild.mjs'], { prefix }),
  );
  writeStamp('prebuild', key);
}

/** dist, compiled again when a source changed since. */
export async function ensureDist() {
  const key = hashOf([...sourcesOfDist(), 'tsconfig.json', 'package-lock.json']);
  if (existsSync(path.join(root, 'src/service/dist/index.js')) && stamp('dist') === key) return;
  const tsc = 'node_modules/typescript/bin/tsc';
  await step('tsc', async (prefix) => {
    await mustRun('tsc', process.execPath, [tsc], { prefix });
    await mustRun('tsc', process.execPath, [tsc, '--project', 'src/service/tsconfig.build.json'], {
      prefix,
    });
    await mustRun('Copying the page', process.execPath, ['scripts/copy-page.mjs'], { prefix });
  });
  writeStamp('dist', key);
}

/** src, without what its workspace holds of others and of its own making. */
function sourcesOfDist() {
  const made = new Set(['src/service/dist', 'src/service/node_modules']);
  const below = (folder) => readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`);
  const service = below('src/service').filter((one) => !made.has(one));
  return [...below('src').filter((one) => one !== 'src/service'), ...service];
}

/** The models that tests and the quickstart use. Needs dist; the script itself skips what is there. */
export async function ensureFixtures() {
  await step('fixtures', (prefix) =>
    mustRun('Bringing the models', process.execPath, ['tests/fixtures/install.mjs'], { prefix }),
  );
}

/** All of it. The compiler and the downloads do not wait for each other. */
export async function ensureAll() {
  await ensureNodeModules();
  await mustRun('The preflight', process.execPath, ['scripts/preflight.mjs']);
  await ensureDist();
  const results = await Promise.allSettled([ensureNative(), ensureFixtures()]);
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason;
  }
  const reason = bringPromtool();
  if (reason !== undefined) process.stdout.write(`[promtool] ${reason}: alerts are not tried\n`);
}

async function step(name, body) {
  const start = performance.now();
  process.stdout.write(`[${name}] …\n`);
  await body(`[${name}] `);
  process.stdout.write(`[${name}] ready after ${since(start)}\n`);
}

// npm's own record of what it installed, so that an `npm ci` run by hand counts as well.
function installedAsLocked() {
  const wanted = readJson('package-lock.json');
  const installed = readJson('node_modules/.package-lock.json');
  if (!wanted || !installed) return false;
  return Object.entries(wanted.packages).every(([folder, entry]) => {
    if (folder === '' || entry.link) return true;
    const found = installed.packages[folder];
    if (!found) return Boolean(entry.optional ?? entry.devOptional);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function readJson(file) {
  const full = path.join(root, file);
  return existsSync(full) ? JSON.parse(readFileSync(full, 'utf8')) : undefined;
}

/** @param {readonly string[]} inputs Files and folders. @param {string} [extra] */
function nativeKey(...scripts) {
  const inputs = ['native', 'CMakeLists.txt', 'package-lock.json', ...scripts];
  const options = Object.entries(process.env).filter(([name]) => name.startsWith('CPW_BUILD_'));
  return hashOf(inputs, JSON.stringify(options.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

function hashOf(inputs, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const input of inputs) {
    for (const file of filesBelow(input)) {
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(path.join(root, file)));
    }
  }
  return hash.digest('hex');
}

/** @param {string} input @returns {string[]} */
function filesBelow(input) {
  const full = path.join(root, input);
  const found = statSync(full, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found ? [input] : [];
  const names = readdirSync(full).sort();
  return names.flatMap((name) => filesBelow(path.join(input, name)));
}

function stamp(name) {
  const file = path.join(root, 'build/.stamps', name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function writeStamp(name, key) {
  mkdirSync(path.join(root, 'build/.stamps'), { recursive: true });
  writeFileSync(path.join(root, 'build/.stamps', name), key);
}

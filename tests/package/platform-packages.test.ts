import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import * as npm from '../helpers/npm.js';
import { startRegistry, type Published, type Registry } from '../helpers/npm-registry.js';

// What a release publishes, installed from a registry on this machine. Only the addon of this
// platform is real; npm has to tell by the descriptions that the others do not fit.

const { addonName, platform, root } = npm;
const work = realpathSync(mkdtempSync(join(tmpdir(), 'cpw-native-platforms-')));
const packages = join(work, 'packages');
const plain = `@cpw-native/${platform}`;
const cuda = '@cpw-native/linux-x64-cuda';
let registry: Registry;
let core: string;

t.before(async () => {
  const prebuilds = join(work, 'prebuilds');
  for (const key of ['linux-x64', 'linux-arm64', 'darwin-arm64', 'linux-x64-cuda']) {
    mkdirSync(join(prebuilds, key), { recursive: true });
    const file = join(prebuilds, key, addonName);
    if (key.startsWith(platform)) cpSync(npm.addonFile(), file);
    else writeFileSync(file, 'for another machine');
  }
  await layOut([
    '--out',
    packages,
    '--prebuilds',
    prebuilds,
    '--expect',
    `${platform},linux-arm64`,
  ]);
  const published: Published[] = [];
  for (const name of ['linux-x64', 'linux-arm64', 'darwin-arm64', 'linux-x64-cuda']) {
    const folder = join(packages, name);
    published.push({ folder, tarball: (await npm.pack(folder, work)).tarball });
  }
  core = (await npm.pack(join(packages, 'cpw-native'), work)).tarball;
  registry = await startRegistry(published);
});
t.teardown(() => {
  registry.close();
  rmSync(work, { recursive: true, force: true });
});

t.test('when an expected addon is missing, nothing is laid out', async (t) => {
  const out = join(work, 'refused');
  const script = join(root, 'scripts/platform-packages.mjs');
  const args = ['--out', out, '--prebuilds', join(work, 'nowhere'), '--expect', 'darwin-arm64'];
  const { status, stderr } = await npm.runIn(root, [process.execPath, script, ...args]);
  t.equal(status, 1);
  t.match(stderr, /No addon for darwin-arm64 in .*nowhere/u);
  t.throws(() => readFileSync(join(out, 'cpw-native/package.json')), { code: 'ENOENT' });
});

t.test('when packages are laid out, each says where it fits and holds one addon', async (t) => {
  const version = manifestOf('cpw-native')['version'];
  const table = {
    'linux-x64': { os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
    'linux-arm64': { os: ['linux'], cpu: ['arm64'], libc: ['glibc'] },
    'darwin-arm64': { os: ['darwin'], cpu: ['arm64'], libc: undefined },
    'linux-x64-cuda': { os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
  };
  for (const [name, fits] of Object.entries(table)) {
    t.match(manifestOf(name), { name: `@cpw-native/${name}`, version, ...fits });
    const { stdout } = await npm.mustRunIn(work, ['tar', '-tzf', tarballOf(name)]);
    const inside = name.replace('-cuda', '');
    const holds = ['LICENSE', 'README.md', 'THIRD_PARTY_NOTICES', 'package.json'];
    const names = [...holds, `prebuilds/${inside}/${addonName}`].map((one) => `package/${one}`);
    t.same(stdout.trim().split('\n').sort(), names.sort());
  }
});

t.test('when the core is laid out, it asks for the platforms at its own version', async (t) => {
  const manifest = manifestOf('cpw-native');
  const version = manifest['version'];
  t.same(manifest['optionalDependencies'], {
    '@cpw-native/linux-x64': version,
    '@cpw-native/linux-arm64': version,
    '@cpw-native/darwin-arm64': version,
  });
  const byName = [cuda, '@cpw-native/server'];
  const each = (value: unknown) => Object.fromEntries(byName.map((name) => [name, value]));
  t.same(manifest['peerDependencies'], each(version), 'they are asked for by name');
  t.same(manifest['peerDependenciesMeta'], each({ optional: true }));
  for (const field of ['scripts', 'devDependencies', 'workspaces'])
    t.notOk(field in manifest, field);
  const { stdout } = await npm.mustRunIn(work, ['tar', '-tvzf', core]);
  t.match(stdout, /^-rwxr-xr-x .* package\/dist\/cli\/bin\.js$/mu);
  t.notMatch(stdout, /\.node$|\.map$| package\/(src|native|binding\.gyp)/mu);
  const file = readFileSync(join(packages, 'cpw-native/dist/index.js'), 'utf8');
  t.notMatch(file, /sourceMappingURL/u, 'the maps are not there, so nothing points to them');
});

t.test('when the server is laid out, it holds what it serves and asks for the core', async (t) => {
  const manifest = manifestOf('server');
  const version = manifest['version'];
  t.match(manifest, { name: '@cpw-native/server', peerDependencies: { 'cpw-native': version } });
  for (const field of ['private', 'devDependencies', 'scripts']) t.notOk(field in manifest, field);
  const { tarball } = await npm.pack(join(packages, 'server'), work);
  const { stdout } = await npm.mustRunIn(work, ['tar', '-tzf', tarball]);
  const names = stdout.trim().split('\n');
  const needed = ['dist/index.js', 'dist/index.d.ts', 'dist/web/index.html', 'dist/web/page.css'];
  for (const name of [...needed, 'README.md', 'LICENSE']) {
    t.ok(names.includes(`package/${name}`), name);
  }
  t.same(
    names.filter((name) => /\.map$|[^d]\.ts$|node_modules/u.test(name)),
    [],
  );
});

t.test('when npm installs the core, it brings the addon of this platform alone', async (t) => {
  const app = newApp('all');
  await npm.mustRunIn(app, [...npm.install, core]);
  t.same(readdirSync(join(app, 'node_modules/@cpw-native')), [platform]);
  t.match(await addonOf(app), { path: addonIn(app, plain), backends: { length: 5 } });
});

t.test(
  'when optional dependencies are left out, the error names the command that brings them',
  async (t) => {
    const app = newApp('omitted');
    await npm.mustRunIn(app, [...npm.install, '--omit=optional', core]);
    const { failure: error } = (await addonOf(app)) as {
      failure: { code: string; message: string };
    };
    t.equal(error.code, 'CPW_BINARY_NOT_FOUND');
    t.match(error.message, new RegExp(`${plain}: not installed`, 'u'));
    t.match(error.message, /Next step: .*npm install --include=optional/u);
  },
);

const onlyLinux =
  platform === 'linux-x64' ? {} : { skip: `there is no CUDA build for ${platform}` };
t.test(
  'when the CUDA package is installed besides, it comes first; damaged, it is passed over',
  onlyLinux,
  async (t) => {
    const app = join(work, 'all');
    await npm.mustRunIn(app, [
      ...npm.install,
      `${cuda}@${String(manifestOf('cpw-native')['version'])}`,
    ]);
    t.match(await addonOf(app), { path: addonIn(app, cuda) });
    truncateSync(addonIn(app, cuda), 100_000);
    t.match(await addonOf(app), { path: addonIn(app, plain) });
  },
);

async function layOut(args: readonly string[]): Promise<void> {
  const script = join(root, 'scripts/platform-packages.mjs');
  await npm.mustRunIn(root, [process.execPath, script, ...args]);
}

function manifestOf(name: string): Record<string, unknown> {
  const text = readFileSync(join(packages, name, 'package.json'), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

function tarballOf(name: string): string {
  return join(work, `cpw-native-${name}-${String(manifestOf(name)['version'])}.tgz`);
}

function newApp(name: string): string {
  const app = join(work, name);
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "private": true }');
  writeFileSync(join(app, '.npmrc'), `@cpw-native:registry=${registry.url}\nnoproxy=127.0.0.1\n`);
  return app;
}

function addonIn(app: string, name: string): string {
  return join(app, 'node_modules', name, 'prebuilds', platform, addonName);
}

async function addonOf(app: string): Promise<unknown> {
  const program = join(app, 'node_modules/.bin/cpw-native');
  const { stdout } = await npm.runIn(app, [program, 'doctor', '--json'], npm.models);
  return (JSON.parse(stdout) as { readonly addon: unknown }).addon;
}

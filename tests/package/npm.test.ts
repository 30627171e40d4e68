import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import * as npm from '../helpers/npm.js';
import { wordErrorRate, wordErrors } from '../helpers/word-error-rate.js';

// The tarball of `npm pack`, with the addon in it, as a closed network would pass it round.

const { addonName, platform, root } = npm;
const megabyte = 2 ** 20;
const spoken =
  'And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.';

// Outside of the checkout, so that nothing is found by going up from here.
const work = realpathSync(mkdtempSync(join(tmpdir(), 'cpw-native-package-')));
t.teardown(() => rmSync(work, { recursive: true, force: true }));
const app = join(work, 'an app');
const installed = join(app, 'node_modules/cpw-native');
/** As `npx cpw-native`, without the second that npm takes to start. */
const program = join(app, 'node_modules/.bin/cpw-native');
let packed: npm.Packed;

t.before(async () => {
  const copy = join(work, 'checkout');
  await npm.copyCheckout(copy);
  mkdirSync(join(copy, 'dist'));
  writeFileSync(join(copy, 'dist', 'renamed-long-ago.js'), 'export {};');
  packed = await npm.pack(copy, work);
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "private": true }');
  await npm.mustRunIn(app, [...npm.install, packed.tarball]);
});

t.test('when the package is packed, it holds its product, its papers and nothing else', (t) => {
  const names = packed.files.map(({ path }) => path);
  const papers = ['package.json', 'README.md', 'LICENSE', 'THIRD_PARTY_NOTICES', 'CHANGELOG.md'];
  const addon = `prebuilds/${platform}/${addonName}`;
  const made = /^dist\/(?!service\/)(?:[a-z0-9-]+\/)*[a-z0-9-]+\.(?:js|d\.ts)$/u;
  // The translation model that can be tried at once, without the sentences of its tests.
  const demo = ['README.md', 'config.json', 'model.bin', 'sentencepiece.bpe.model'].map(
    (name) => `models/demo-translate/${name}`,
  );
  const data = [...demo, 'models/demo-translate/shared_vocabulary.json'];
  const unexpected = names.filter(
    (name) => ![...papers, ...data, addon].includes(name) && !made.test(name),
  );
  t.same(unexpected, [], 'no source, no build file, no map, no test, no server');
  const absent = [...papers, ...data, addon, 'dist/index.js'].filter(
    (name) => !names.includes(name),
  );
  t.same(absent, []);
  const sourceOf = (name: string): string =>
    join(root, name.replace(/^dist\//u, 'src/').replace(/\.(d\.ts|js)$/u, '.ts'));
  const stale = names.filter((name) => made.test(name) && !isThere(sourceOf(name)));
  t.same(stale, [], 'each file of dist has its source');
  t.match(packed.stderr, /dist\/renamed-long-ago\.js has no source any more: removed/u);
  t.match(packed.stderr, new RegExp(`with the addon for ${platform}`, 'u'));
  t.end();
});

t.test('when npm installs it, no script of ours runs', (t) => {
  const { scripts, gypfile } = readJson(join(installed, 'package.json')) as {
    readonly scripts: object;
    readonly gypfile: boolean;
  };
  const atInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
  const found = Object.keys(scripts).filter((name) => atInstall.includes(name));
  t.same(found, []);
  t.equal(gypfile, false, 'npm makes no install script up');
  t.end();
});

t.test('when the notices are read, they name what the addon holds', (t) => {
  const notices = readFileSync(join(installed, 'THIRD_PARTY_NOTICES'), 'utf8');
  const works =
    'whisper.cpp ggml miniaudio stb_vorbis CTranslate2 spdlog fmt nlohmann BS::thread_pool half ' +
    'avx_mathfun avx512_mathfun neon_mathfun cpu_features ruy cpuinfo clog Kernel oneDNN libc++ ' +
    'libunwind compiler_rt libstdc++ node-addon-api node-api-headers Thrust CUTLASS cuBLAS';
  const unnamed = works.split(' ').filter((name) => !notices.includes(name));
  t.same(unnamed, []);
  const sections = ['MIT (for', 'MIT No', 'zlib', 'BSD 2', 'BSD 3', 'Intel', 'Apache', 'LLVM Exc'];
  const withoutText = sections.filter(
    (name) => !new RegExp(`^-+\n${name.replace('(', '\\(')}`, 'mu').test(notices),
  );
  t.same(withoutText, [], 'each licence has its text');
  t.end();
});

t.test('when its sizes are taken, they stay within the budgets', (t) => {
  const addon = packed.files.find(({ path }) => path.startsWith('prebuilds/'))?.size ?? NaN;
  const scripts = filesBelow(join(app, 'node_modules')).filter((name) => !name.endsWith('.node'));
  const javaScript = scripts.reduce((sum, name) => sum + statSync(name).size, 0);
  const shown = (bytes: number): string => `${(bytes / megabyte).toFixed(1)} MB`;
  process.stderr.write(
    `package: ${shown(packed.size)} packed (40 at most), addon ${shown(addon)}; JavaScript with ` +
      `all dependencies ${shown(javaScript)} in ${scripts.length} files (20 at most)\n`,
  );
  t.ok(packed.size > megabyte && packed.size <= 40 * megabyte, shown(packed.size));
  t.ok(javaScript > megabyte && javaScript <= 20 * megabyte, shown(javaScript));
  t.end();
});

t.test(
  'when the program is called as npm links it, it says its version and what is wrong',
  async (t) => {
    const listed = await npm.mustRunIn(work, ['tar', '-tvzf', packed.tarball]);
    t.match(listed.stdout, /^-rwxr-xr-x .* package\/dist\/cli\/bin\.js$/mu, 'it may be run');
    const text = readFileSync(join(installed, 'dist/cli/bin.js'), 'utf8');
    t.match(text, /^#!\/usr\/bin\/env node\n/u);
    const { version } = readJson(join(root, 'package.json')) as { readonly version: string };
    const { stdout } = await npm.mustRunIn(app, [program, '--version']);
    t.equal(stdout, `${version}\n`);
    const wrong = await npm.runIn(app, [program, 'transcribbe']);
    t.equal(wrong.status, 2);
    t.match(wrong.stderr, /did you mean transcribe\?/u);
  },
);

t.test('when doctor is asked, the addon is the packed one', async (t) => {
  const { stdout } = await npm.mustRunIn(
    app,
    ['npx', '--offline', 'cpw-native', 'doctor', '--json'],
    npm.models,
  );
  const { usable, addon } = JSON.parse(stdout) as { usable: boolean; addon: { path: string } };
  t.equal(usable, true);
  t.equal(addon.path, join(installed, 'prebuilds', platform, addonName));
});

t.test('when it transcribes, the words are those that were spoken', async (t) => {
  const recording = join(root, 'tests/data/audio/jfk.wav');
  for (const engine of ['ctranslate2', 'whisper']) {
    const args = ['transcribe', recording, '--model', 'tiny.en', '--engine', engine] as const;
    const { stdout } = await npm.mustRunIn(app, [program, ...args], npm.models);
    t.ok(wordErrorRate(wordErrors(spoken, stdout)) <= 0.05, `${engine}: ${stdout}`);
  }
});

t.test('when a module or a script takes it, both get the same classes', async (t) => {
  const ask = `
    const names = (cpw) => [typeof cpw.Recognizer.load, cpw.CpwError.name, typeof cpw.SpeechDetector];
    const fail = (cpw) => cpw.Recognizer.load('no-such-model').catch((error) => error.code);`;
  const files = {
    'script.cjs': `const cpw = require('cpw-native'); ${ask}
      fail(cpw).then(async (code) => {
        const same = (await import('cpw-native')).Recognizer === cpw.Recognizer;
        const { name } = require('cpw-native/package.json');
        console.log(JSON.stringify([...names(cpw), code, same, name]));
      });`,
    'module.mjs': `import * as cpw from 'cpw-native'; ${ask}
      console.log(JSON.stringify([...names(cpw), await fail(cpw)]));`,
  };
  writeFiles(app, files);
  const seen = ['function', 'CpwError', 'function', 'CPW_MODEL_NOT_FOUND'];
  const script = await npm.mustRunIn(app, [process.execPath, 'script.cjs']);
  t.same(JSON.parse(script.stdout), [...seen, true, 'cpw-native']);
  const module = await npm.mustRunIn(app, [process.execPath, 'module.mjs']);
  t.same(JSON.parse(module.stdout), seen);
  t.equal(script.stderr + module.stderr, '', 'nothing is printed besides');
});

t.test('when TypeScript compiles against it, right use passes and wrong use fails', async (t) => {
  const names = 'Recognizer, type AudioInput, type RecognizerOptions, type Segment';
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  writeFiles(app, {
    'tsconfig.json': JSON.stringify({ compilerOptions, include: ['*.mts', '*.cts'] }),
    'use.mts': `import { ${names} } from 'cpw-native';
      const options: RecognizerOptions = { engine: 'whisper', threads: 2 };
      export async function words(input: AudioInput): Promise<readonly Segment[]> {
        const recognizer = await Recognizer.load('tiny.en', options);
        return (await recognizer.transcribe(input, { beamSize: 2 })).segments;
      }`,
    'use.cts': `import cpw = require('cpw-native');
      export const load: typeof cpw.Recognizer.load = cpw.Recognizer.load;`,
    'misuse.mts': `import { type RecognizerOptions } from 'cpw-native';
      // @ts-expect-error a misspelt option
      export const options: RecognizerOptions = { engin: 'whisper' };
      // @ts-expect-error a path that the package does not export
      export * from 'cpw-native/dist/index.js';`,
  });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = await npm.runIn(app, [process.execPath, tsc, '--project', '.']);
  t.equal(status, 0, stdout);
});

t.test('when attw and publint read the tarball, they find nothing', async (t) => {
  const bin = (name: string): string => join(root, 'node_modules/.bin', name);
  const asked = ['--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii'] as const;
  const types = await npm.runIn(app, [bin('attw'), packed.tarball, ...asked]);
  t.equal(types.status, 0, `${types.stdout}${types.stderr}`);
  t.match(types.stdout, /"cpw-native"\s+node16 \(from ESM\): 🟢 \(ESM\)/u);
  const manifest = await npm.runIn(app, [bin('publint'), packed.tarball, '--strict']);
  t.equal(manifest.status, 0, `${manifest.stdout}${manifest.stderr}`);
  t.match(manifest.stdout, /All good/u);
});

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { nodeProblem } from '../../src/cli/node-version.js';
import { CpwError } from '../../src/errors.js';
import { elfInterpreter, elfProblem } from '../../src/native/elf.js';
import { findAddon, type FoundAddon } from '../../src/native/load.js';
import { explainLoadFailure } from '../../src/native/load-failure.js';
import { platformFacts, platformRefusal, type PlatformFacts } from '../../src/native/platform.js';
import { context, elf, freshFolder, write, type Scene } from '../helpers/native-places.js';

function refusalOf(t: Test, scene: Scene): CpwError {
  const error = t.throws(() => findAddon(context(scene)));
  if (!(error instanceof CpwError)) throw new Error(`not a CpwError: ${String(error)}`);
  t.equal(error.code, 'CPW_BINARY_NOT_FOUND');
  t.match(error.message, /Next step: \S+ .*[^.]\.$/su, 'it names one next step');
  return error;
}

function found(t: Test, scene: Scene): FoundAddon & { readonly place: string } {
  const where = context(scene);
  const result = findAddon(where);
  t.same(where.opened, [result.path]);
  return { ...result, place: result.path.slice(dirname(where.packageRoot).length + 1) };
}

const local = 'build/Release/cpw-native.node';
const shipped = 'prebuilds/linux-x64/cpw-native.glibc.node';
const plain = '@cpw-native/linux-x64';
const cuda = '@cpw-native/linux-x64-cuda';

void t.test('when there is no binary for the platform, the error lists what exists', (t) => {
  const table: [Partial<PlatformFacts>, RegExp][] = [
    [{ platform: 'win32', libc: undefined }, /no cpw-native for win32-x64\..*WSL 2/su],
    [{ platform: 'win32', arch: 'arm64' }, /no cpw-native for win32-arm64\..*WSL 2/su],
    [{ platform: 'darwin', libc: undefined }, /for darwin-x64\..*the arm64 build of Node/su],
    [{ arch: 'ia32' }, /for linux-ia32\..*32-bit build/su],
    [{ arch: 'arm' }, /for linux-arm\..*32-bit build/su],
    [{ arch: 'riscv64' }, /for linux-riscv64\..*run on one of these/su],
    [{ libc: 'musl' }, /for linux-x64 with musl, .*node:22-slim/su],
    [{ libc: 'musl', arch: 'arm64' }, /for linux-arm64 with musl, /u],
  ];
  for (const [facts, pattern] of table) {
    // An addon that lies there must not be tried: loading it may end the process.
    const { message } = refusalOf(t, { facts, files: { [shipped]: elf(), [local]: elf() } });
    t.match(message, pattern);
    for (const name of [
      'linux-x64 (glibc 2.28',
      'linux-arm64 (glibc 2.28',
      'darwin-arm64 (macOS',
    ]) {
      t.ok(message.includes(name), name);
    }
  }
  t.end();
});

void t.test(
  'when the CPU lacks what the addon needs, nothing is loaded and the features named',
  (t) => {
    const facts = { missingCpuFeatures: ['avx2', 'fma'] };
    const { message, details } = refusalOf(t, { facts, files: { [shipped]: elf() } });
    t.match(message, /^This CPU lacks avx2, fma, /u);
    t.match(details, { missingCpuFeatures: ['avx2', 'fma'] });
    t.end();
  },
);

void t.test(
  'when no place holds an addon, each is listed and the optional packages are named',
  (t) => {
    const { message, details } = refusalOf(t, {});
    t.match(message, /local build \(.*\): not there\n/u);
    t.match(message, /@cpw-native\/linux-x64-cuda: not installed\n/u);
    t.match(message, /prebuilds\/linux-x64: not there\n/u);
    t.match(message, /@cpw-native\/linux-x64: not installed\n/u);
    t.match(message, /npm install --include=optional\. .* @cpw-native\/linux-x64@1\.2\.3\.$/u);
    t.match(details, { tried: { length: 4 } });

    const other = refusalOf(t, { facts: { platform: 'darwin', arch: 'arm64', libc: undefined } });
    t.notMatch(other.message, /cuda/u, 'there is a CUDA package for one platform');
    const checkout = refusalOf(t, { files: { 'CMakeLists.txt': '' } });
    t.match(checkout.message, /Next step: npm run build\.$/u);
    const foreign = { 'prebuilds/linux-x64/cpw-native.musl.node': elf() };
    t.match(refusalOf(t, { files: foreign }).message, /prebuilds\/linux-x64: no addon in /u);
    t.end();
  },
);

void t.test('when CPW_NATIVE_PATH names no addon, nothing else is tried', (t) => {
  const files = { [shipped]: elf(), 'some.so': elf() };
  const folder = freshFolder();
  const missing = refusalOf(t, { files, namedPath: join(folder, 'no', 'such.node') });
  t.match(missing.message, /Tried:\n  CPW_NATIVE_PATH \(.*such\.node\): no such file\nNext step/u);
  t.match(missing.message, /or unset CPW_NATIVE_PATH\.$/u);
  t.match(refusalOf(t, { files, namedPath: folder }).message, /: no such file\n/u);
  const script = write(join(freshFolder(), 'addon.js'), 'globalThis.ran = true');
  t.match(refusalOf(t, { files, namedPath: script }).message, /: not the name of a \.node file\n/u);
  t.end();
});

void t.test('when CPW_NATIVE_PATH is relative, it is a path from the working folder', (t) => {
  const { message } = refusalOf(t, { namedPath: 'no-such/addon.node' });
  t.ok(message.includes(join(process.cwd(), 'no-such/addon.node')), message);
  t.end();
});

void t.test(
  'when a platform package has another version, it is refused and both are named',
  (t) => {
    const packages = { [plain]: { version: '1.2.2' } };
    t.match(refusalOf(t, { packages }).message, /its version is 1\.2\.2, cpw-native's is 1\.2\.3/u);
    t.match(
      refusalOf(t, { packages }).message,
      /: npm install cpw-native@1\.2\.3 @cpw-native\/linux-x64@1\.2\.3\.$/u,
    );
    const old = { [plain]: {}, [cuda]: { version: '1.2.2' } };
    t.match(found(t, { packages: old }).skipped, [/cuda: its version is 1\.2\.2/u]);
    const broken = context({ packages: { [plain]: {} } });
    write(join(broken.packageRoot, '..', plain, 'package.json'), '{');
    t.throws(() => findAddon(broken), /its version is unknown/u);
    t.end();
  },
);

void t.test('when a file is damaged or for another CPU, it is not given to the system', (t) => {
  const cut = elf({ bytes: 64 });
  cut.writeBigUInt64LE(9000n, 40);
  cut.writeUInt16LE(64, 58);
  cut.writeUInt16LE(10, 60);
  const table: [string | Buffer, RegExp][] = [
    ['', /not a shared library \(invalid ELF header\)/u],
    ['version https://git-lfs\n'.repeat(9), /not a shared library/u],
    [Buffer.alloc(5000), /not a shared library/u],
    [elf({ arch: 'arm64' }), /built for arm64, and this Node is for x64/u],
    [cut, /cut off: 64 of 9640 bytes are there/u],
  ];
  for (const [content, pattern] of table) {
    const where = context({ files: { [shipped]: content } });
    const error = t.throws(() => findAddon(where)) as unknown as CpwError;
    t.match(error.message, pattern);
    t.match(error.message, /Next step: remove node_modules and install again \(npm ci\)/u);
    t.same(where.opened, []);
  }
  t.end();
});

void t.test('when the system cannot load the file, the message says what that means', (t) => {
  const libc = "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by /x/a)";
  const table: [string, RegExp][] = [
    [libc, /needs glibc 2\.28, this system has 2\.17\..*Debian 10, Ubuntu 20\.04/su],
    [
      "/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found",
      /newer C\+\+ runtime.*npm run build/su,
    ],
    ['libcuda.so.1: cannot open shared object file: No such file', /build for CUDA.*driver/su],
    [
      'libfoo.so.2: cannot open shared object file: No such file',
      /library libfoo\.so\.2 is missing/u,
    ],
    [
      'dlopen(/x): Library not loaded: @rpath/libb.dylib',
      /library @rpath\/libb\.dylib is missing/u,
    ],
    ['/x: wrong ELF class: ELFCLASS32', /damaged or for another architecture/u],
    ['dlopen(/x): (mach-o file, but is an incompatible architecture', /another architecture/u],
    ['/x: undefined symbol: node_api_create_thing', /too old for it.*20\.19/su],
    ['/x: undefined symbol: _ZN3cpw3FooEv', /no addon of this version/u],
    ["Module did not self-register: '/x'.", /no addon of this version/u],
    ['/x: failed to map segment from shared object', /mounted noexec/u],
    ['/x: cannot open shared object file: Permission denied', /may not read the file/u],
    ['/x: cannot allocate memory in static TLS block', /import cpw-native before/u],
    ['dlopen(/x): code signature invalid', /does not trust.*xattr/su],
  ];
  for (const [said, pattern] of table) {
    const { message } = refusalOf(t, {
      files: { [shipped]: elf() },
      failures: { [shipped]: said },
    });
    t.match(message, pattern);
    t.ok(message.includes(`The system said: ${said}`), 'its own words stay');
  }
  const scene = { files: { [shipped]: elf() }, failures: { [shipped]: 'a new kind of trouble' } };
  t.match(
    refusalOf(t, scene).message,
    /a new kind of trouble\n.*\nNext step: install again; .*doctor/su,
  );
  t.equal(
    explainLoadFailure('a new kind of trouble', () => '2.17'),
    undefined,
  );
  t.end();
});

void t.test('when several places hold an addon, the first of the order is loaded', (t) => {
  const files = { [shipped]: elf(), [local]: elf() };
  const packages = { [plain]: {}, [cuda]: {} };
  const named = write(join(freshFolder(), 'named.node'), elf());
  t.equal(findAddon(context({ files, packages, namedPath: named })).path, named);
  t.equal(found(t, { files, packages, namedPath: '' }).place, `cpw-native/${local}`);
  t.equal(found(t, { files: { [shipped]: elf() }, packages }).place, `${cuda}/${shipped}`);
  t.equal(found(t, { packages }).place, `${cuda}/${shipped}`, 'CUDA is there on purpose');
  t.equal(
    found(t, { files: { [shipped]: elf() }, packages: { [plain]: {} } }).place,
    `cpw-native/${shipped}`,
  );
  t.equal(found(t, { packages: { [plain]: {} } }).place, `${plain}/${shipped}`);
  t.end();
});

void t.test('when an addon is passed over since it cannot be loaded, that is told', (t) => {
  const failures = { [cuda]: 'libcuda.so.1: cannot open shared object file: No such file' };
  const { place, skipped } = found(t, { packages: { [plain]: {}, [cuda]: {} }, failures });
  t.equal(place, `${plain}/${shipped}`);
  t.equal(skipped.length, 1);
  t.match(
    skipped[0],
    /^@cpw-native\/linux-x64-cuda: it is the build for CUDA, and libcuda\.so\.1/u,
  );
  t.same(found(t, { packages: { [plain]: {} } }).skipped, [], 'what is not there is no news');
  t.end();
});

void t.test('when this process is asked, its facts are those of a supported platform', (t) => {
  const facts = platformFacts();
  t.match(facts, { platform: process.platform, arch: process.arch });
  t.equal(platformRefusal(facts), undefined);
  if (process.platform === 'linux') {
    t.equal(facts.libc, 'glibc');
    t.match(elfInterpreter(process.execPath), /^ld-linux/u);
    t.equal(elfProblem(process.execPath, process.arch), undefined);
    const musl = write(
      join(freshFolder(), 'node'),
      Buffer.concat([elf(), Buffer.from('/lib/ld-musl-x86_64.so.1\0')]),
    );
    t.equal(elfInterpreter(musl), 'ld-musl-x86_64.so.1');
  }
  t.end();
});

void t.test('when Node is too old, the command line says so', (t) => {
  for (const old of ['14.21.3', '18.20.8', '20.18.3']) {
    t.match(
      nodeProblem(old),
      new RegExp(`20\\.19 or newer, and this is ${old}\\. Next step: `, 'u'),
    );
  }
  for (const fine of ['20.19.0', '20.20.2', '22.1.0', '26.0.0-nightly']) {
    t.equal(nodeProblem(fine), undefined, fine);
  }
  t.end();
});

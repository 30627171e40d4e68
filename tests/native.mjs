// The C++ tests: plain, beside the addon whose objects they link, and under AddressSanitizer.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cmakeDefinitions } from '../scripts/cmake-definitions.mjs';
import { run, root } from '../scripts/process.mjs';
import { countGoogleTest, countStep } from './results.mjs';

// Where scripts/build-native.mjs builds.
const addonFolder = 'build/cmake';

// detect_container_overflow wants every library instrumented, and CTranslate2 is not.
const sanitizerEnv = {
  ASAN_OPTIONS: 'halt_on_error=1:detect_stack_use_after_return=1:detect_container_overflow=0',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
};

/** @param {{ sanitize: boolean }} options */
export async function runNative({ sanitize }) {
  const label = sanitize ? 'native under AddressSanitizer' : 'native';
  const folder = sanitize ? 'build/asan' : besideAddon() ? addonFolder : 'build/tests';
  const built = (await configure(folder, sanitize)) && (await build(folder));
  if (!built) return countStep(`${label}: build`, false);

  const report = path.join(root, folder, 'results.json');
  rmSync(report, { force: true });
  const { status } = await run(
    path.join(root, folder, 'cpw_tests'),
    [`--gtest_output=json:${report}`, '--gtest_brief=1'],
    { env: sanitize ? sanitizerEnv : {} },
  );
  // A crash ends the binary before it writes its report.
  if (!existsSync(report)) return countStep(`${label}: crashed with status ${status}`, false);
  const counts = countGoogleTest(report, label);
  if (status !== 0 && counts.failed === 0) {
    counts.failed += 1;
    counts.failures.push(
      `${label}: every test passed, yet the process ended with status ${status}`,
    );
  }
  return counts;
}

/** False where the addon came from elsewhere. */
function besideAddon() {
  return existsSync(path.join(root, addonFolder, 'CMakeCache.txt'));
}

async function configure(folder, sanitize) {
  mkdirSync(path.join(root, folder), { recursive: true });
  const definitions = [
    ...(folder === addonFolder ? [] : ['CPW_BUILD_ADDON=OFF']),
    'CPW_BUILD_TESTS=ON',
    `CPW_BUILD_SANITIZE=${sanitize ? 'ON' : 'OFF'}`,
    ...cmakeDefinitions(process.env),
  ];
  const generator = existsSync(path.join(root, folder, 'CMakeCache.txt')) ? [] : await ninja();
  const args = ['-S', root, '-B', folder, ...generator, ...definitions.map((one) => `-D${one}`)];
  return (await run('cmake', args)).status === 0;
}

async function ninja() {
  return (await run('ninja', ['--version'], { capture: true })).status === 0 ? ['-G', 'Ninja'] : [];
}

async function build(folder) {
  const args = ['--build', folder, '--target', 'cpw_tests', '--parallel', '2'];
  return (await run('cmake', args)).status === 0;
}

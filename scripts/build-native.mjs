// The addon through cmake-js. Each CPW_BUILD_* variable of the environment becomes CMake's of that
// name, so `CPW_BUILD_METAL=ON npm run build` means the same here, in CI and through node-gyp.
import { bin, main, mustRun } from './process.mjs';
import { cmakeDefinitions } from './cmake-definitions.mjs';

await main(async () => {
  await mustRun('The preflight', process.execPath, ['scripts/preflight.mjs']);
  const definitions = cmakeDefinitions(process.env).map((definition) => `--CD${definition}`);
  await mustRun('The native build', bin('cmake-js'), [
    'compile',
    '--out',
    'build/cmake',
    '--log-level',
    'warn',
    ...definitions,
    ...process.argv.slice(2),
  ]);
});

// npm run bench: brings what is missing, compiles bench, and runs it. A results file that is only
// looked at needs neither the addon nor models.
import { ensureAll, ensureNodeModules } from './ensure.mjs';
import { main, mustRun, run } from './process.mjs';
import { buildCache } from './zig.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  const looks = args.some((arg) => arg === '--help' || arg.startsWith('--results'));
  await (looks ? ensureNodeModules() : ensureAll());
  const tsc = ['node_modules/typescript/bin/tsc', '--project', 'bench'];
  await mustRun('Compiling bench', process.execPath, tsc);
  const env = { CPW_BUILD_CACHE: buildCache() };
  return (await run(process.execPath, ['build/bench/bench/run.js', ...args], { env })).status;
});

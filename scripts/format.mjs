// npm run format: what `npm run check -- format` asks for.
import { sourcesBelow } from './check-native-layers.mjs';
import { ensureNodeModules } from './ensure.mjs';
import { bin, main, mustRun } from './process.mjs';

await main(async () => {
  await ensureNodeModules();
  const files = [...sourcesBelow('native'), ...sourcesBelow('tests/native')];
  await mustRun('prettier', bin('prettier'), ['--write', '--log-level=warn', '.']);
  await mustRun('clang-format', bin('clang-format'), ['-i', '--style=file', ...files]);
});

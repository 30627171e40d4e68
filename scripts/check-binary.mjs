// What a shipped Linux binary promises, read from the file: `node scripts/check-binary.mjs [file]`.
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, run, StepError } from './process.mjs';
import { glibcFloor } from './zig.mjs';

const promised = {
  glibc: glibcFloor,
  exports: ['napi_register_module_v1', 'node_api_module_get_api_version_v1'],
  needed: /^(lib(c|m)\.so\.6|libpthread\.so\.0|libdl\.so\.2|ld-linux-[\w-]+\.so\.[12])$/,
  // The tarball's budget is 40 MB packed; the binary packs to about 40 % of its size.
  bytes: 60_000_000,
};

/**
 * @typedef {object} Binary What a file says of itself.
 * @property {number} bytes
 * @property {readonly string[]} needed The libraries that the loader must find.
 * @property {readonly string[]} runpath Folders that the loader is told to look in first.
 * @property {readonly string[]} versions Symbol versions asked of those libraries: `GLIBC_2.27` …
 * @property {readonly string[]} exports
 * @property {readonly string[]} sections
 * @property {boolean} executableStack
 */

/** @param {string} file @returns {Promise<Binary>} */
export async function readBinary(file) {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) {
    throw new StepError(`There is no ${file}. Next step: npm run build:prebuild`);
  }
  const args = ['--wide', '--file-header', '--section-headers', '--program-headers'];
  const tables = ['--dynamic', '--version-info', '--dyn-syms'];
  const { status, output: text } = await run('readelf', [...args, ...tables, file], {
    capture: true,
    env: { LC_ALL: 'C' },
  });
  if (status === 127) {
    throw new StepError('readelf is missing. Next step: install the Debian package binutils.');
  }
  if (status !== 0 || !/^\s*Type:\s+DYN /m.test(text)) {
    throw new StepError(`${file} is no ELF shared object. Next step: npm run build:prebuild`);
  }
  const all = (pattern) => [...text.matchAll(pattern)].map((match) => match[1]);
  return {
    bytes,
    needed: all(/\(NEEDED\)\s+Shared library: \[(.*)\]/g),
    runpath: all(/\((?:RPATH|RUNPATH)\)\s+Library \w+: \[(.*)\]/g),
    versions: [...new Set(all(/^\s+0x\w+:\s+Name: (\S+)\s+Flags:/gm))].sort(byVersion),
    exports: all(/^ +\d+: \w+ +\d+ \w+ +(?:GLOBAL|WEAK|UNIQUE) +DEFAULT +\d+ ([^\s@]+)/gm).sort(),
    sections: all(/^\s+\[ *\d+\] (\.\S+)/gm),
    executableStack: /^\s+GNU_STACK\s.*\sR?WE\s/m.test(text),
  };
}

/** @param {Binary} binary @returns {string[]} One line for each broken promise. */
export function binaryViolations(binary) {
  const found = [];
  const foreign = binary.needed.filter((name) => !promised.needed.test(name));
  if (foreign.length > 0) {
    found.push(`it needs ${foreign.join(', ')}, which a plain system may lack: link it in`);
  }
  const newest = newestGlibc(binary);
  if (byVersion(newest, promised.glibc) > 0) {
    found.push(`it needs glibc ${newest}; ${promised.glibc} is promised: compile it with zig`);
  }
  const runtimes = binary.versions.filter((version) => !/^GLIBC_[\d.]+$/.test(version));
  if (runtimes.length > 0) {
    found.push(`it needs ${runtimes.join(', ')} of a compiler's runtime, which must be linked in`);
  }
  if (binary.exports.join() !== promised.exports.join()) {
    const names = binary.exports.slice(0, 8).join(', ');
    const more = binary.exports.length > 8 ? ', …' : '';
    found.push(
      `it exports ${binary.exports.length} symbols (${names}${more}), not the two of exports.map`,
    );
  }
  const kept = binary.sections.filter((name) => /^\.(symtab|z?debug_)/.test(name));
  if (kept.length > 0) found.push(`it is not stripped: ${kept.join(', ')}`);
  if (binary.runpath.length > 0) {
    found.push(`it tells the loader to look in ${binary.runpath.join(', ')}`);
  }
  if (binary.executableStack) found.push('its stack is executable');
  if (binary.bytes > promised.bytes) {
    found.push(`it has ${megabytes(binary.bytes)}, ${megabytes(promised.bytes)} at most`);
  }
  return found;
}

/** @param {Binary} binary The newest glibc version that a symbol asks for. */
export function newestGlibc(binary) {
  const versions = binary.versions.filter((version) => version.startsWith('GLIBC_'));
  return (
    versions
      .map((version) => version.slice('GLIBC_'.length))
      .toSorted(byVersion)
      .at(-1) ?? '0'
  );
}

function byVersion(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const standard = `prebuilds/${process.platform}-${process.arch}/cpw-native.glibc.node`;
    const file = path.resolve(process.argv[2] ?? standard);
    const binary = await readBinary(file);
    const facts = {
      size: megabytes(binary.bytes),
      needs: binary.needed.join(', '),
      glibc: `${newestGlibc(binary)} or newer`,
      exports:
        binary.exports.length > 2 ? String(binary.exports.length) : binary.exports.join(', '),
    };
    for (const [name, value] of Object.entries(facts)) {
      process.stdout.write(`${name.padEnd(8)} ${value}\n`);
    }
    const violations = binaryViolations(binary);
    for (const line of violations) process.stderr.write(`${path.basename(file)}: ${line}\n`);
    return violations.length > 0 ? 1 : 0;
  });
}

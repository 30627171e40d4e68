// Counting: a test is a titled block without blocks inside it, whatever tool ran it.
import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: string[], failures: string[] }} Counts */

/** @returns {Counts} */
export function noCounts() {
  return { passed: 0, failed: 0, skipped: [], failures: [] };
}

/** @param {Counts} into @param {Counts} more */
export function addCounts(into, more) {
  into.passed += more.passed;
  into.failed += more.failed;
  into.skipped.push(...more.skipped);
  into.failures.push(...more.failures);
}

/**
 * @typedef {object} Block One nesting of tap's output: the run, a file, a titled test.
 * @property {string} title
 * @property {number} depth
 * @property {Block[]} blocks
 * @property {number} passes Assertions that held, its own alone.
 * @property {string[]} skips
 * @property {object[]} failures Failed assertions of this block itself.
 * @property {{ ok: boolean } | undefined} closing Its line in the enclosing block: what tap says of it.
 */

/**
 * Collects what a tap-parser sees; `onFile` is called with each file's block as it ends.
 * @returns {Block}
 */
export function watchTap(parser, onFile, title = '', depth = 0) {
  const block = {
    title,
    depth,
    blocks: [],
    passes: 0,
    skips: [],
    failures: [],
    closing: undefined,
  };
  parser.on('child', (child) => {
    block.blocks.push(watchTap(child, onFile, join(title, child.name), depth + 1));
  });
  parser.on('assert', (result) => {
    const inner = block.blocks.find(
      (one) => !one.closing && one.title === join(title, result.name),
    );
    if (inner) {
      inner.closing = result;
      if (inner.depth === 1) onFile(inner);
    } else if (result.skip) {
      block.skips.push(`${join(title, result.name)}: ${reason(result.skip)}`);
    } else if (result.ok) {
      block.passes += 1;
    } else if (!result.todo) {
      block.failures.push(result);
    }
  });
  return block;
}

/** @param {Block} block @returns {Counts} */
export function countTap(block) {
  const counts = noCounts();
  for (const inner of block.blocks) addCounts(counts, countTap(inner));
  counts.skipped.push(...block.skips);
  const failedItself = block.failures.length > 0 || block.closing?.ok === false;
  if (failedItself && counts.failed === 0) {
    // An assertion, a missing plan, a crash of its process.
    counts.failed += 1;
    counts.failures.push(block.title);
  } else if (block.blocks.length === 0 && block.passes > 0 && block.depth > 0) {
    counts.passed += 1;
  }
  return counts;
}

/** Counts GoogleTest's --gtest_output=json. @param {string} file @param {string} label @returns {Counts} */
export function countGoogleTest(file, label) {
  const counts = noCounts();
  const report = JSON.parse(readFileSync(file, 'utf8'));
  for (const suite of report.testsuites ?? []) {
    for (const test of suite.testsuite ?? []) {
      const title = `${label}: ${test.classname ?? suite.name}.${test.name}`;
      if (test.failures?.length > 0) {
        counts.failed += 1;
        counts.failures.push(title);
      } else if (test.result === 'SKIPPED' || test.status === 'NOTRUN') {
        counts.skipped.push(`${title}: ${test.skipped?.[0]?.message?.trim() ?? 'not run'}`);
      } else {
        counts.passed += 1;
      }
    }
  }
  return counts;
}

/** Counts a step that can only pass or fail as one test. @returns {Counts} */
export function countStep(title, ok) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [], failures: ok ? [] : [title] };
}

function join(title, name) {
  return title ? `${title} > ${name}` : name;
}

function reason(skip) {
  return skip === true ? 'no reason given' : skip;
}

// Runs tap and tells of its tests one file a line, with the reason of each failure.
import { spawn } from 'node:child_process';
import { bin, root } from '../scripts/process.mjs';
import { recordCoverage } from './coverage.mjs';
import { countStep, countTap, watchTap } from './results.mjs';

/** @param {readonly string[]} files @returns {Promise<import('./results.mjs').Counts>} */
export async function runTap(files) {
  // Imported here: node_modules may not exist when this file is loaded.
  const { Parser } = await import('tap-parser');
  const parser = new Parser();
  const tree = watchTap(parser, printFile);
  const options = ['--reporter=tap', '--disable-coverage', ...longTimeout()];
  const child = spawn(bin('tap'), ['run', ...options, ...files], {
    cwd: root,
    env: { ...process.env, ...recordCoverage() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (chunk) => parser.write(chunk));
  const status = await new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', resolve);
  });
  await new Promise((resolve) => {
    parser.on('complete', resolve);
    parser.end();
  });
  const counts = countTap(tree);
  if (status !== 0 && counts.failed === 0) {
    return countStep(`tap: ended with status ${status} though no test failed`, false);
  }
  return counts;
}

/** A file of the long form takes more than the ten minutes after which one counts as hanging. */
function longTimeout() {
  return process.env.CPW_TEST_LONG === '1' ? ['--timeout=7200'] : [];
}

function printFile(block) {
  const counts = countTap(block);
  const seconds = ((block.closing?.time ?? 0) / 1000).toFixed(1);
  const verdict = counts.failed > 0 ? 'FAILED' : 'ok';
  process.stdout.write(
    `${verdict.padEnd(7)}${block.title} (${counts.passed} passed, ${seconds} s)\n`,
  );
  for (const failure of failuresOf(block)) {
    process.stdout.write(`  ${failure.title}\n${indent(describe(failure.result))}\n`);
  }
}

function failuresOf(block) {
  const own = block.failures.map((result) => ({
    title: `${block.title} > ${result.name}`,
    result,
  }));
  const found = [...block.blocks.flatMap(failuresOf), ...own];
  // A file whose process crashed or timed out has no assertion to blame, only its closing line.
  if (found.length === 0 && block.closing?.ok === false) {
    return [{ title: block.title, result: block.closing }];
  }
  return found;
}

function describe(result) {
  const { diff, stack, at, found, wanted, ...rest } = result.diag ?? {};
  // The last ones are those of a program that a test ran and that failed.
  const { message, error, reason, signal, exitCode, cmd, code, stderr } = rest;
  const facts = { message, error, reason, signal, exitCode, cmd, code, stderr };
  const lines = Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}: ${text(value)}`);
  if (diff) lines.push(diff);
  else if (wanted !== undefined) lines.push(`found: ${text(found)}`, `wanted: ${text(wanted)}`);
  lines.push(stack ?? (at ? `${at.fileName}:${at.lineNumber}` : ''));
  return lines.join('\n').trimEnd();
}

function text(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function indent(lines) {
  return lines.replaceAll(/^/gm, '    ');
}

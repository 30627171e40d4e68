#!/usr/bin/env node
import { CpwError } from '../errors.js';
import { exitStatusOf } from './exit-codes.js';
import { nodeProblem } from './node-version.js';
import { formatError } from './report-error.js';

const problem = nodeProblem(process.versions.node);
if (problem === undefined) {
  await import('./main.js');
} else {
  const error = new CpwError('CPW_BINARY_NOT_FOUND', problem);
  const json = process.argv.includes('--json');
  process.stderr.write(formatError(error, { json, verbose: false }));
  process.exitCode = exitStatusOf(error);
}

import { writeSync } from 'node:fs';
import { CpwError } from '../errors.js';
import { addonPath, systemInfo } from './load.js';

// The program of probeBackends' child process: it loads the addon, asks every backend and answers
// with one line of JSON on descriptor 3, since drivers print on 1 and 2 as they like.

const ANSWER = 3;

writeSync(ANSWER, `${JSON.stringify(answer())}\n`);

function answer(): object {
  try {
    return { kind: 'answered', addonPath: addonPath(), ...systemInfo() };
  } catch (error) {
    const code = error instanceof CpwError ? error.code : 'CPW_INTERNAL';
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'refused', code, message };
  }
}

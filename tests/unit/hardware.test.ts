import { join } from 'node:path';
import t, { type Test } from 'tap';
import { probeBackends, type ProbeOptions } from '../../src/native/probe-backends.js';
import type { ProbeOutcome } from '../../src/native/probe-outcome.js';

const answer = {
  kind: 'answered',
  addonPath: '/x/cpw-native.node',
  versions: { ctranslate2: '4.8.4' },
  build: { cuda: true },
  backends: [{ engine: 'ctranslate2', device: 'cuda', available: true, detail: '1 GPU' }],
};
const say = `require('node:fs').writeSync(3, JSON.stringify(${JSON.stringify(answer)}) + '\\n');`;

/** Runs a child of these words of JavaScript in the place of the one that loads the addon. */
function probe(t: Test, script: string, options: ProbeOptions = {}): Promise<ProbeOutcome> {
  const program = join(t.testdir({ 'child.cjs': script }), 'child.cjs');
  return probeBackends({ program, ...options });
}

t.test('when the child aborts, the signal is told and this process lives on', async (t) => {
  const abort = await probe(t, `console.error('no CUDA driver'); process.abort();`);
  t.match(abort, { kind: 'failed', failure: 'crashed', signal: 'SIGABRT' });
  t.match(abort, { message: /^It crashed with SIGABRT \(.*abort\(\)\)\. It printed: .*no CUDA/s });
  const fault = await probe(t, `process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 9e9);`);
  t.match(fault, { failure: 'crashed', signal: 'SIGSEGV', message: /a memory fault/ });
  const status = await probe(t, 'process.exit(9)');
  t.match(status, { failure: 'crashed', signal: null, message: /ended with status 9/ });
});

t.test('when the child hangs, it is killed after the time-out', async (t) => {
  const hanging = `while (true) {}`;
  t.match(await probe(t, hanging, { timeoutMs: 300 }), {
    kind: 'failed',
    failure: 'timed-out',
    signal: null,
    message: 'It gave no sign for 0.3 s and was killed.',
  });
});

t.test('when a process of the child keeps its pipes open, nothing waits for it', async (t) => {
  const script = `const { pid } = require('node:child_process').spawn(process.execPath,
    ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' }); console.log(pid); ${say}
    process.exit();`;
  const outcome = await probe(t, script);
  t.match(outcome, { kind: 'answered', trouble: /^It printed: \d+$/ });
  const pid = Number('trouble' in outcome && outcome.trouble?.split(' ').pop());
  t.ok(process.kill(pid, 'SIGKILL'), 'it was still there');
});

t.test('when the child prints garbage, it counts only in the place of the answer', async (t) => {
  const beside = await probe(t, `console.log('\\u0007garbage {"kind":'); ${say}`);
  t.match(beside, { ...answer, trouble: /^It printed: .*garbage/ });
  const instead = await probe(t, `require('node:fs').writeSync(3, '{"kind":"answered"}');`);
  t.match(instead, { kind: 'failed', failure: 'garbled', message: 'Its answer cannot be read.' });
  const nothing = await probe(t, `process.stdout.write('x'.repeat(3e6))`);
  t.match(nothing, { failure: 'garbled', message: /^It ended without an answer\. It printed: x+$/ });
  t.ok('message' in nothing && nothing.message.length < 3000, 'the end of it is kept');
});

t.test('when the child crashes after its answer, the answer counts and it is told', async (t) => {
  const outcome = await probe(t, `${say} process.abort();`);
  t.match(outcome, { ...answer, trouble: /^After its answer it crashed with SIGABRT/ });
});

t.test('when the caller aborts, the child is killed and the reason comes back', async (t) => {
  const controller = new AbortController();
  const running = probe(t, 'while (true) {}', { signal: controller.signal });
  const reason = new Error('enough');
  controller.abort(reason);
  await t.rejects(running, reason);
  await t.rejects(probe(t, '', { signal: controller.signal }), reason);
});

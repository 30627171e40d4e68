import t from 'tap';
import { createReporter } from '../../src/cli/reporter.js';
import { formatError } from '../../src/cli/report-error.js';
import { CpwError } from '../../src/errors.js';

t.test(
  'when progress is reported, a terminal gets one line and a file a line now and then',
  async (t) => {
    const make = (isTTY: boolean, quiet = false) => {
      const written = { out: '', err: '' };
      let now = 0;
      const reporter = createReporter({
        stdout: { write: (text) => (written.out += text) },
        stderr: { isTTY, columns: 20, write: (text) => (written.err += text) },
        quiet,
        now: () => (now += 1000),
      });
      return { reporter, written };
    };
    const file = make(false);
    for (let step = 0; step < 12; step++) file.reporter.progress('a.wav', step / 12);
    file.reporter.result('text\n');
    file.reporter.done();
    t.equal(file.written.out, 'text\n');
    t.match(file.written.err, /^(a\.wav {2,4}\d+ %\n){1,4}$/);
    const terminal = make(true);
    terminal.reporter.progress('a-name-that-is-too-long.wav', 0.5);
    terminal.reporter.result('text\n');
    terminal.reporter.done();
    const lines = terminal.written.err.split('\r\u001b[K').filter((line) => line !== '');
    t.ok(lines.length > 0 && lines.every((line) => line.length < 20 && line.endsWith('50 %')));
    t.ok(terminal.written.err.endsWith('\r\u001b[K'), 'nothing stays behind');
    const silent = make(true, true);
    silent.reporter.progress('a.wav', 0.5);
    silent.reporter.note('a note');
    t.equal(silent.written.err, '');
    silent.reporter.error('an error\n');
    t.equal(silent.written.err, 'an error\n');
  },
);

t.test('when an error is printed, it has code and hint, and a stack only when asked', async (t) => {
  const cause = new Error('the cause');
  const error = new CpwError('CPW_DOWNLOAD_FAILED', 'no connection', { stage: 'download', cause });
  const plain = { json: false, verbose: false };
  t.equal(
    formatError(error, plain),
    'cpw-native: no connection\n  CPW_DOWNLOAD_FAILED: a download did not complete; trying again may help\n',
  );
  t.match(formatError(error, { json: false, verbose: true }), /caused by: Error: the cause\n +at /);
  t.strictSame(JSON.parse(formatError(error, { json: true, verbose: true, file: 'a.wav' })), {
    code: 'CPW_DOWNLOAD_FAILED',
    stage: 'download',
    message: 'no connection',
    file: 'a.wav',
  });
  t.match(formatError('thrown text', plain), /thrown text\n {2}CPW_INTERNAL/);
  const evil = formatError(error, { ...plain, file: 'a\u001b[2J.wav' });
  t.notMatch(evil, /\u001b/, 'a file name cannot steer the terminal');
});

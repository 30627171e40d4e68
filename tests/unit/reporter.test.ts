import t from 'tap';
import stringWidth from 'string-width';
import { clock, paceOf } from '../../src/cli/pace.js';
import { progressLine } from '../../src/cli/progress-line.js';
import { createReporter, type Reporter } from '../../src/cli/reporter.js';
import { formatError, shownName } from '../../src/cli/report-error.js';
import { CpwError } from '../../src/errors.js';

interface Made {
  readonly reporter: Reporter;
  readonly written: { out: string; err: string };
}

function make(stderr: { isTTY?: boolean; columns?: number }, options: object = {}): Made {
  const written = { out: '', err: '' };
  let now = 0;
  const reporter = createReporter({
    stdout: { write: (text) => (written.out += text) },
    stderr: { ...stderr, write: (text) => (written.err += text) },
    quiet: false,
    now: () => (now += 1000),
    ...options,
  });
  return { reporter, written };
}

t.test('when nobody looks on, progress is a plain line now and then', async (t) => {
  const { reporter, written } = make({});
  for (let step = 0; step < 12; step++) reporter.progress('a.wav', step / 12);
  reporter.result('text\n');
  reporter.done();
  t.equal(written.out, 'text\n');
  t.match(written.err, /^(a\.wav {2,4}\d+ % {2}\d+:\d\d(, \d+:\d\d left)?\n){1,4}$/);
  const silent = make({ isTTY: true }, { quiet: true });
  silent.reporter.progress('a.wav', 0.5);
  silent.reporter.note('a note');
  silent.reporter.warn('a warning');
  t.equal(silent.written.err, '');
  silent.reporter.error('an error\n');
  t.equal(silent.written.err, 'an error\n');
  const json = make({}, { quiet: true, json: true });
  json.reporter.warn('it has no effect');
  t.strictSame(JSON.parse(json.written.err), { type: 'warning', message: 'it has no effect' });
});

t.test('when a terminal looks on, one line is drawn over itself and goes', async (t) => {
  const { reporter, written } = make({ isTTY: true, columns: 40 });
  reporter.progress('a-name-that-is-too-long-for-the-line.wav', 0.5, { audioS: 60 });
  reporter.result('text\n');
  reporter.done();
  const lines = written.err.split('\r\u001b[K').filter((line) => line !== '');
  t.equal(lines.length, 2, 'drawn, and again after the text');
  t.ok(lines.every((line) => line.length < 40 && line.startsWith('…')));
  t.match(lines[0], / 50 %/);
  t.ok(written.err.endsWith('\r\u001b[K'), 'nothing stays behind');
  const unsized = make({ isTTY: true, columns: 0 });
  unsized.reporter.progress('a.wav', 0.5);
  t.match(unsized.written.err, /^a\.wav {3}50 %/);
  unsized.reporter.done();
});

t.test('when names are wide or the terminal narrow, the line still fits', async (t) => {
  const labels = [
    '日本語のとても長い名前です.wav',
    'नमस्ते दुनिया, यह एक लंबा नाम है.wav',
    '👩‍👩‍👧👋🏽'.repeat(9),
    'a',
    '',
  ];
  for (const label of labels) {
    for (let columns = 1; columns < 90; columns++) {
      const line = progressLine({ label, fraction: 0.42, elapsedS: 3700, audioS: 4000 }, columns);
      t.ok(stringWidth(line) < columns, `${columns}: ${line}`);
      if (columns > 40) t.match(line, /42 %.* left$/);
    }
  }
  const wide = { label: 'a.wav', fraction: 0.42, elapsedS: 3700, audioS: 44_400 };
  t.equal(progressLine(wide), 'a.wav   42 %  12.0x real time  1:01:40, 1:25:10 left');
});

t.test('when little is known of the pace, no time left is guessed', async (t) => {
  const guess = (work: Parameters<typeof paceOf>[0]) => paceOf(work).etaS;
  t.equal(guess({ elapsedS: 0.5, fraction: 0.5 }), undefined, 'too early');
  t.equal(guess({ elapsedS: 9, fraction: 0.001 }), undefined, 'too little');
  t.equal(guess({ elapsedS: 9, fraction: 0.5, audioS: 0 }), undefined, 'read, nothing recognised');
  t.equal(guess({ elapsedS: 9, fraction: undefined }), undefined);
  t.equal(guess({ elapsedS: 9, fraction: 0.25 }), 27);
  t.equal(paceOf({ elapsedS: 10, fraction: 0.5, audioS: 50 }).speed, 5);
  t.strictSame([0, 59.6, 61, 3599, 3600, 36_061].map(clock), [
    '0:00',
    '1:00',
    '1:01',
    '59:59',
    '1:00:00',
    '10:01:01',
  ]);
});

t.test('when an error is printed, it has code and hint, and a stack only when asked', async (t) => {
  const cause = new Error('the cause');
  const error = new CpwError('CPW_DOWNLOAD_FAILED', 'no connection', { stage: 'download', cause });
  const plain = { json: false, verbose: false };
  t.equal(
    formatError(error, plain),
    'cpw-native: no connection\n  CPW_DOWNLOAD_FAILED: a download did not complete, or a service did not answer; trying again may help\n',
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
  t.equal(shownName('a\u202Egnp.wav'), '"a\\u202egnp.wav"', 'nor turn its text about');
  t.equal(shownName('👩‍👩‍👧 می‌خواهم.wav'), '👩‍👩‍👧 می‌خواهم.wav', 'joiners belong to names');
});

import t from 'tap';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { openLogFile } from '../../src/cli/log-file.js';
import { loggerOptions } from '../../src/cli/log-lines.js';
import { logLineSchema } from '../../src/cli/log-schema.js';
import { prettyLine } from '../../src/cli/pretty-log.js';

const kept = { logMaxMb: 0.001, logMaxDays: 1, logKeep: 3, logKeepDays: 30 };
const line = `${'x'.repeat(99)}\n`;

function logger(options: { secrets?: readonly string[]; logTranscripts?: boolean } = {}): {
  readonly log: pino.Logger;
  readonly lines: string[];
} {
  const lines: string[] = [];
  const { secrets = [], logTranscripts = false } = options;
  const log = pino(loggerOptions({ level: 'debug', secrets, logTranscripts }), {
    write: (one: string) => void lines.push(one),
  });
  return { log, lines };
}

t.test('when a log has its size, it is put away, and the oldest files go', async (t) => {
  const folder = t.testdir({ 'cpw-other.log': 'of somebody else', 'cpw.log.txt': 'too' });
  const old = join(folder, 'cpw-20200101T000000000-1.log');
  writeFileSync(old, 'old\n');
  utimesSync(old, 1, 1);
  const { stream, close } = await openLogFile(join(folder, 'cpw.log'), kept);
  // 100 bytes a line: ten files' worth.
  for (let at = 0; at < 100; at += 1) {
    if (stream.write(line) === false && stream instanceof Writable) await once(stream, 'drain');
  }
  await close();
  const names = readdirSync(folder).sort();
  const away = names.filter((name) => /^cpw-\d{8}T\d{9}-\d+\.log$/u.test(name));
  t.equal(away.length, kept.logKeep, names.join(' '));
  t.notOk(away.includes('cpw-20200101T000000000-1.log'));
  for (const name of away) {
    const bytes = readFileSync(join(folder, name)).length;
    t.ok(bytes >= 1000 && bytes <= 1200, `${name}: ${bytes} bytes`);
  }
  t.strictSame(
    names.filter((name) => !away.includes(name)),
    ['cpw-other.log', 'cpw.log', 'cpw.log.txt'],
  );
});

t.test('when a file was put away too long ago, it goes, also where few are kept', async (t) => {
  const folder = t.testdir();
  const at = (days: number): Date => new Date(Date.now() - days * 86_400_000);
  for (const [name, days] of [
    ['cpw-20260101T000000000-1.log', 31],
    ['cpw-20260102T000000000-1.log', 29],
  ] as const) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), at(days), at(days));
  }
  await (await openLogFile(join(folder, 'cpw.log'), { ...kept, logKeep: 10 })).close();
  t.strictSame(readdirSync(folder).sort(), ['cpw-20260102T000000000-1.log', 'cpw.log']);
});

t.test('when a log cannot be written, that is told at once', async (t) => {
  const folder = t.testdir({ file: '' });
  mkdirSync(join(folder, 'cpw.log'));
  await t.rejects(openLogFile(join(folder, 'file', 'cpw.log'), kept), { name: 'CpwError' });
  await t.rejects(openLogFile(join(folder, 'cpw.log'), kept), { name: 'CpwError' });
});

t.test('when a line would hold a key or what was spoken, it does not', (t) => {
  const { log, lines } = logger({ secrets: ['s3cr"et-key', 's3cr"et-key-two'] });
  const headers = { authorization: 'Bearer abc' };
  log.info({ req: { method: 'GET', url: '/', headers }, password: 'p4ss' }, 'came');
  log.warn(new Error('refused s3cr"et-key-two and s3cr"et-key'));
  log.info({ segments_count: 2, segments: [{ text: 'hello there' }], result: { text: 'hello' } });
  const all = lines.join('');
  t.notMatch(all, /abc|p4ss|s3cr|two|hello/u);
  t.match(all, '"segments_count":2');
  for (const one of lines) t.ok(logLineSchema.parse(JSON.parse(one)));
  const open = logger({ logTranscripts: true });
  open.log.info({ text: 'hello', token: 'abc' });
  t.match(open.lines.join(''), '"text":"hello"');
  t.notMatch(open.lines.join(''), 'abc');
  t.end();
});

t.test('when people read the log, a line is short and moves no cursor', (t) => {
  const { log, lines } = logger();
  log.info({ stage: 'asr', file: 'a b.wav' }, 'Processing \u001b[2Jcomplete');
  log.error({ err: new Error('boom') }, 'failed');
  const [first = '', second = ''] = lines.map(prettyLine);
  // oxlint-disable-next-line no-control-regex -- the escapes that colour a terminal are what is looked for
  t.match(
    first,
    /^\d\d:\d\d:\d\d \u001b\[36minfo \u001b\[0m Processing complete stage=asr file="a b.wav"\n$/u,
  );
  t.match(second, /failed\n {2}Error: boom\n {2} {4}at /u);
  t.end();
});

import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { runCli } from './run-cli.js';

const segment = (id: number, text: string) => ({
  id,
  start: id,
  end: id + 1,
  text,
  avgLogprob: -0.1,
  noSpeechProb: 0,
  confidence: 0.9,
  compressionRatio: 1,
  temperature: 0,
  pass: 'first',
});

async function run(t: Test, files: Readonly<Record<string, string>>, args: readonly string[]) {
  const folder = t.testdir({});
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const inputs = Object.keys(files).map((name) => path.join(folder, name));
  const output = path.join(folder, 'out');
  const ended = await runCli(['translate', ...inputs, '--output-dir', output, ...args]);
  const written = await readdir(output).catch(() => []);
  const read = (name: string) => readFile(path.join(output, name), 'utf8');
  return { ...ended, written: written.toSorted((a, b) => (a < b ? -1 : 1)), read };
}

t.test('when a command line of translate is wrong, the mistake is named', async (t) => {
  const notes = { 'notes.txt': 'I am hungry.' };
  const wrong: readonly (readonly [args: readonly string[], said: RegExp, status: number])[] = [
    [['--to', 'es'], /--source: is missing/u, 2],
    [['--source', 'en'], /--to: is missing/u, 2],
    [['--source', 'en', '--to', 'xx'], /'xx' is no language/u, 2],
    [['--source', 'en', '--to', 'es,de'], /German \(de\).*en, es, hi/u, 2],
    [['--source', 'en', '--to', 'en'], /both English/u, 2],
    [['--source', 'en', '--to', 'es', '--format', 'srt'], /srt cannot be written/u, 2],
    [['--source', 'en', '--to', 'es', '--scores'], /--scores/u, 2],
    [['--source', 'en', '--to', 'es', '--model', 'base', '--offline'], /does not translate/u, 3],
  ];
  for (const [args, said, status] of wrong) {
    const ended = await run(t, notes, args);
    t.match(ended.stderr, said, args.join(' '));
    t.equal(ended.status, status, args.join(' '));
    t.same(ended.written, [], 'nothing is written');
  }
  const media = await run(t, { 'film.mkv': '' }, ['--source', 'en', '--to', 'es']);
  t.match(media.stderr, /no text file.*and no transcript/u);
});

t.test('when a text is translated, it keeps its lines and says what it could not do', async (t) => {
  const text = 'I am hungry.\r\n\r\nThis is my uncle. Do not worry.\n你好吗\n';
  const ended = await run(t, { 'notes.txt': text }, ['--source', 'en', '--to', 'es,hi']);
  t.equal(ended.status, 0, ended.stderr);
  t.same(ended.written, ['notes.es.txt', 'notes.hi.txt']);
  const lines = 'Tengo hambre.\r\n\r\nEste es mi tío. No te preocupes.\n[untranslated] 你好吗\n';
  t.equal(await ended.read('notes.es.txt'), lines);
  t.match(ended.stderr, /to es: text 4: unknown-text/u);
});

t.test('when a transcript is translated, its times stay and its words go', async (t) => {
  const words = [{ start: 0, end: 1, word: 'Hungry', probability: 1 }];
  const transcript = {
    language: 'en',
    languageProbability: 1,
    duration: 3,
    segments: [{ ...segment(0, 'I am hungry.'), words }, segment(1, 'Do not worry.')],
  };
  const args = ['--source', 'en', '--to', 'es', '--format', 'json,srt,txt', '--json'];
  const ended = await run(t, { 'talk.json': JSON.stringify(transcript) }, args);
  t.equal(ended.status, 0, ended.stderr);
  t.same(ended.written, ['talk.es.json', 'talk.es.srt', 'talk.es.txt']);
  const found = parseTranscript(await ended.read('talk.es.json'));
  t.equal(found.language, 'es');
  t.same(
    found.segments.map(({ text, start, words: timed }) => ({ text, start, timed })),
    [
      { text: 'Tengo hambre.', start: 0, timed: undefined },
      { text: 'No te preocupes.', start: 1, timed: undefined },
    ],
  );
  const srt = await ended.read('talk.es.srt');
  t.match(srt, /^1\n00:00:00,000 --> /u);
  t.match(srt.replaceAll('\n', ' '), /Tengo hambre\..*No te preocupes\./u);
  t.match(JSON.parse(ended.stdout), { type: 'translation', language: 'es', problems: [] });
});

t.test('when the output exists, it is not replaced unasked', async (t) => {
  const folder = t.testdir({ 'notes.txt': 'I am hungry.', 'notes.es.txt': 'mine' });
  const args = ['translate', path.join(folder, 'notes.txt'), '--source', 'en', '--to', 'es'];
  const refused = await runCli([...args, '--output-dir', folder]);
  t.equal(refused.status, 2);
  t.equal(await readFile(path.join(folder, 'notes.es.txt'), 'utf8'), 'mine');
  const replaced = await runCli([...args, '--output-dir', folder, '--overwrite']);
  t.equal(replaced.status, 0, replaced.stderr);
  t.equal(await readFile(path.join(folder, 'notes.es.txt'), 'utf8'), 'Tengo hambre.');
});

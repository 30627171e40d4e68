import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { eventSchema } from '../../src/cli/events.js';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { parseSrt } from '../../src/subtitles/srt.js';
import { audioPath } from '../helpers/audio.js';
import { modelsDir } from '../helpers/models.js';
import { runCli } from './run-cli.js';
import { film, run, textOf } from './run-translate.js';

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

const events = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => eventSchema.parse(JSON.parse(line)));

t.test('when a command line of translate is wrong, the mistake is named', async (t) => {
  const notes = { 'notes.txt': 'I am hungry.' };
  const wrong: readonly (readonly [args: readonly string[], said: RegExp, status: number])[] = [
    [['--to', 'es'], /--source: is missing; .*notes\.txt does not tell its language/u, 2],
    [['--source', 'auto', '--to', 'es'], /--source: is missing/u, 2],
    [['--source', 'en'], /--to: is missing/u, 2],
    [['--source', 'en', '--to', 'xx'], /'xx' is no language/u, 2],
    [['--source', 'en', '--to', 'es,de'], /German \(de\).*en, es, hi/u, 2],
    [['--source', 'eng', '--to', 'en'], /both English/u, 2],
    [['--source', 'en', '--to', 'es', '--format', 'srt'], /srt cannot be written/u, 2],
    [['--source', 'en', '--to', 'es', '--scores'], /--scores/u, 2],
    [['--source', 'en', '--to', 'es', '--task', 'translate'], /--task/u, 2],
    [['--source', 'en', '--to', 'es', '--resume'], /--resume: is for the jobs of media/u, 2],
    [['--source', 'en', '--to', 'es', '--glossary', 'no.tsv'], /no\.tsv.* cannot be read/u, 2],
    [['--source', 'en', '--to', 'es', '--model', 'base', '--offline'], /does not translate/u, 3],
  ];
  for (const [args, said, status] of wrong) {
    const ended = await run(t, notes, args);
    t.match(ended.stderr, said, args.join(' '));
    t.equal(ended.status, status, args.join(' '));
    t.same(ended.written, [], 'nothing is written');
  }
  const page = await run(t, { 'notes.md': 'I am hungry.' }, ['--source', 'en', '--to', 'es']);
  t.match(page, { status: 2, stderr: /notes\.md: is a text of a form that is not read/u });
  const empty = await run(t, { 'none.txt': '\n' }, ['--source', 'en', '--to', 'es']);
  t.match(empty, { status: 0, stderr: /none\.txt has no text to translate/u });
  const media: typeof wrong = [
    [['--from', 'en', '--to', 'es'], /--from: is the first stage to run; English is named by/u, 2],
    [['--to', 'es,hi,fr,de,it,pt'], /--to: names 6 languages; media are translated into 5/u, 2],
    [['--source', 'ace', '--to', 'es'], /--source: Acehnese.* is no language that Whisper/u, 2],
  ];
  for (const [args, said, status] of media) {
    const ended = await run(t, { 'film.mkv': '' }, args);
    t.match(ended.stderr, said, args.join(' '));
    t.equal(ended.status, status, args.join(' '));
  }
  const broken = await run(t, { 'film.srt': 'no times' }, ['--source', 'en', '--to', 'es']);
  t.match(broken, { status: 2, stderr: /film\.srt.* line 1.*comes before any times/u });
});

t.test('when a text is translated, it keeps its lines and says what it could not do', async (t) => {
  const text = 'I am hungry.\r\n\r\nThis is my uncle. Do not worry.\n你好吗\n';
  const ended = await run(t, { 'notes.txt': text }, ['--source', 'en', '--to', 'es,hi,spa']);
  t.equal(ended.status, 0, ended.stderr);
  t.same(ended.written, ['notes.es.txt', 'notes.hi.txt']);
  const lines = 'Tengo hambre.\r\n\r\nEste es mi tío. No te preocupes.\n[你好吗]\n';
  t.equal(await ended.read('notes.es.txt'), lines);
  t.match(ended.stderr, /to es: line 4: unknown-text/u);
});

t.test('when a transcript is translated, it is by sentences, and tells its language', async (t) => {
  const words = [{ start: 0, end: 1, word: 'Everything', probability: 1 }];
  const transcript = {
    language: 'en',
    languageProbability: 1,
    duration: 3,
    segments: [
      { ...segment(0, 'Everything is fine,'), words },
      { ...segment(1, "but call Maria at two o'clock."), untranslated: true },
    ],
  };
  const args = ['--to', 'en,es', '--format', 'json,srt,txt', '--json'];
  const ended = await run(t, { 'talk.json': JSON.stringify(transcript) }, args);
  t.equal(ended.status, 0, ended.stderr);
  t.same(ended.written, ['talk.es.json', 'talk.es.srt', 'talk.es.txt']);
  const found = parseTranscript(await ended.read('talk.es.json'));
  t.equal(found.language, 'es');
  t.match(found.segments, [
    { start: 0, end: 2, text: 'Todo está bien, pero llama a María a las dos.' },
  ]);
  t.equal(found.segments[0]?.untranslated, undefined);
  const srt = parseSrt(await ended.read('talk.es.srt'));
  t.equal(textOf(srt), 'Todo está bien, pero llama a María a las dos.');
  const told = events(ended.stdout);
  t.match(
    told.map(({ type }) => type),
    ['start', 'warning', 'translation', 'done'],
  );
  t.match(told[1], { message: /talk\.json is in English already/u });
  t.match(told[2], { type: 'translation', language: 'es', texts: 1, problems: [] });
});

const tables = t.testdir({ 'terms.tsv': 'hungry\thambriento\nuncle\tpariente\n' });

t.test('when there is a glossary, texts keep to it and say where not', async (t) => {
  const args = ['--source', 'en', '--to', 'es', '--glossary', path.join(tables, 'terms.tsv')];
  const files = { 'notes.txt': 'I am hungry.\nThis is my uncle.' };
  const ended = await run(t, files, args);
  t.equal(ended.status, 0, ended.stderr);
  t.match(ended.stderr, /glossary: 1 of 2 uses of its terms are as it says; missing: "uncle"/u);
  t.match(await ended.read('notes.es.txt'), /hambriento/u);
  const plain = await run(t, files, [...args, '--no-glossary-enforce', '--json']);
  t.match(await plain.read('notes.es.txt'), /^Tengo hambre\./u);
  t.match(
    events(plain.stdout).find(({ type }) => type === 'translation'),
    { glossary: { found: 2, applied: 0, missing: [{ term: 'hungry', text: 1 }, {}] } },
  );
});

t.test('when the output exists, it is not replaced unasked', async (t) => {
  const folder = t.testdir({ 'notes.txt': 'I am hungry.', 'notes.es.txt': 'mine', talk: {} });
  const args = ['translate', path.join(folder, 'notes.txt'), '--source', 'en', '--to', 'es'];
  const refused = await runCli([...args, '--output-dir', folder]);
  t.equal(refused.status, 2);
  t.equal(await readFile(path.join(folder, 'notes.es.txt'), 'utf8'), 'mine');
  const replaced = await runCli([...args, '--output-dir', folder, '--overwrite']);
  t.equal(replaced.status, 0, replaced.stderr);
  t.equal(await readFile(path.join(folder, 'notes.es.txt'), 'utf8'), 'Tengo hambre.');

  const twin = path.join(folder, 'talk', 'notes.txt');
  await writeFile(twin, 'Do not worry.');
  const twins = await runCli([...args, twin, '--output-dir', folder, '--overwrite']);
  t.equal(twins.status, 2, 'nor is what another input of the run has written');
  t.equal(await readFile(path.join(folder, 'notes.es.txt'), 'utf8'), 'Tengo hambre.');
});

const heard = ['--transcribe-model', 'tiny.en', '--models-dir', modelsDir.modelsDir, '--offline'];

t.test('when media are translated, each is a job that is gone on with', async (t) => {
  const cwd = t.testdir({ 'film.srt': film });
  await copyFile(audioPath('jfk.wav'), path.join(cwd, 'talk.wav'));
  const inputs = ['translate', 'talk.wav', 'film.srt', '--source', 'en', ...heard];

  const plan = await runCli([...inputs, '--to', 'es', '--dry-run'], { cwd });
  t.equal(plan.status, 0, plan.stderr);
  t.match(plan.stdout, /model demo: present.*\nfilm\.srt -> film\.es\.srt\n/u);
  t.match(plan.stdout, /talk\.wav\n(?:.*\n)*translation +runs: .*\nexport +runs/u);
  t.same(await readdir(cwd), ['film.srt', 'talk.wav'], 'a dry run writes nothing');

  const to = ['--to', 'es', '--format', 'srt,txt'];
  const ended = await runCli([...inputs, ...to], { cwd });
  t.equal(ended.status, 0, ended.stderr);
  const written = ['film.es.srt', 'film.es.txt', 'talk.es.srt', 'talk.es.txt'];
  t.same((await readdir(cwd)).toSorted(), ['film.srt', 'out', 'talk.wav', ...written].toSorted());
  const cues = parseSrt(await readFile(path.join(cwd, 'talk.es.srt'), 'utf8'));
  t.ok(cues.length > 1 && (cues.at(-1)?.end ?? 0) > 9, 'on the time of the speech');
  t.notMatch(textOf(cues), /country/u);

  const taken = await runCli([...inputs, ...to], { cwd });
  t.match(taken, { status: 2, stderr: /"talk\.es\.txt" exist already/u });

  const more = ['--to', 'es,hi', '--resume', '--overwrite', '--json'];
  const again = await runCli([...inputs, ...more], { cwd });
  t.equal(again.status, 0, again.stderr);
  const stages = new Map(
    events(again.stdout).flatMap((one) => (one.type === 'stage' ? [[one.stage, one.state]] : [])),
  );
  t.match(Object.fromEntries(stages), { asr: 'kept', translation: 'completed' });
  const job = events(again.stdout).findLast(({ type }) => type === 'job');
  t.match(job, { state: 'completed', written: ['talk.es.srt', 'talk.hi.srt'] });
});

t.test('when media are in the language that is asked for, that is told', async (t) => {
  const cwd = t.testdir({});
  await copyFile(audioPath('jfk.wav'), path.join(cwd, 'talk.wav'));
  const ended = await runCli(['translate', 'talk.wav', '--to', 'en,es', ...heard], { cwd });
  t.equal(ended.status, 0, ended.stderr);
  t.match(ended.stderr, /not made: talk\.en\.srt/u);
  t.same((await readdir(cwd)).toSorted(), ['out', 'talk.es.srt', 'talk.wav']);
});

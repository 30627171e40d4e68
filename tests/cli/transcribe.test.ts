import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { eventSchema } from '../../src/cli/events.js';
import { checkCues } from '../../src/subtitles/check-cues.js';
import { parseSubtitles } from '../../src/subtitles/parse-subtitles.js';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { audioPath } from '../helpers/audio.js';
import { wordErrors } from '../helpers/word-error-rate.js';
import { runCli, start, startCli, startInTerminal } from './run-cli.js';

const jfk = audioPath('jfk.wav');
const spoken =
  'And so my fellow Americans ask not what your country can do for you ask what you can do for your country';
const tiny = ['--model', 'tiny.en'];

/** At most one word of the 22 may differ. */
function isJfk(t: Test, text: string, message: string): void {
  t.ok(wordErrors(spoken, text).errors <= 1, `${message}: ${text}`);
}

/** A 16 kHz mono WAV file of `seconds` of jfk.wav, over and over. */
function longWav(file: string, seconds: number): void {
  const samples = readFileSync(jfk).subarray(44);
  const bytes = seconds * 32_000;
  const data = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += samples.length) samples.copy(data, at);
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  writeFileSync(file, Buffer.concat([header, data]));
}

for (const engine of ['whisper', 'ctranslate2']) {
  t.test(`when jfk.wav is given to ${engine}, its text is printed`, async (t) => {
    const dir = t.testdir();
    const result = await runCli(['transcribe', jfk, ...tiny, '--engine', engine], { cwd: dir });
    t.equal(result.status, 0, result.stderr);
    isJfk(t, result.stdout, engine);
    t.match(result.stderr, new RegExp(`model tiny\\.en: ${engine} on \\w+, \\w+ \\(.+\\)`));
    t.match(result.stderr, /11\.0 s of audio in .* language en/);
    t.strictSame(readdirSync(dir), [], 'no file without --format');
  });
}

t.test('when all formats are asked for, five files have the right shapes', async (t) => {
  const dir = t.testdir();
  const args = ['transcribe', jfk, ...tiny, '--format', 'all', '--output-dir', 'sub dir/ü'];
  const { status, stdout, stderr } = await runCli(args, { cwd: dir });
  t.equal(status, 0, stderr);
  t.equal(stdout, '');
  const out = path.join(dir, 'sub dir/ü');
  t.strictSame(readdirSync(out).sort(), ['jfk.ass', 'jfk.json', 'jfk.srt', 'jfk.txt', 'jfk.vtt']);
  const read = (format: string) => readFileSync(path.join(out, `jfk.${format}`), 'utf8');
  isJfk(t, read('txt'), 'txt');
  t.match(read('srt'), /^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n\S/);
  t.match(read('vtt'), /^WEBVTT\n\n00:00:0\d\.\d{3} --> 00:00:\d\d\.\d{3}\n\S/);
  const cues = ['srt', 'vtt', 'ass'].map((form) =>
    parseSubtitles(read(form), { name: `x.${form}` }),
  );
  t.strictSame(checkCues(cues[0] ?? []), [], 'no rule is broken');
  t.strictSame(cues[1], cues[0]);
  t.strictSame(
    cues[2]?.map(({ lines }) => lines),
    cues[0]?.map(({ lines }) => lines),
  );
  const transcript = parseTranscript(read('json'));
  t.equal(transcript.segments[0]?.words?.[0]?.word, 'And', 'words are on for subtitles');
  t.equal(transcript.language, 'en');
  t.equal(transcript.duration, 11);
  isJfk(t, transcript.segments.map(({ text }) => text).join(' '), 'json');
  for (const format of ['txt', 'srt', 'vtt', 'ass', 'json'])
    t.match(stderr, `wrote sub dir/ü/jfk.${format}`);

  writeFileSync(path.join(out, 'jfk.txt'), 'old');
  const refused = await runCli(args, { cwd: dir });
  t.match(refused, { status: 2, stderr: /exist already; add --overwrite/ });
  t.equal(read('txt'), 'old');
  const replaced = await runCli([...args, '--overwrite', '--quiet'], { cwd: dir });
  t.match(replaced, { status: 0, stdout: '', stderr: '' });
  isJfk(t, read('txt'), 'replaced');
});

t.test('when one of several files fails, the others are written by one model load', async (t) => {
  const dir = t.testdir({ 'broken.wav': 'RIFF, but not really' });
  copyFileSync(jfk, path.join(dir, 'a.wav'));
  copyFileSync(jfk, path.join(dir, 'b.wav'));
  const files = ['a.wav', 'broken.wav', 'none.wav', 'b.wav'];
  const { status, stderr } = await runCli(['transcribe', ...files, ...tiny, '--format', 'txt'], {
    cwd: dir,
  });
  t.equal(status, 2, 'the status of the worst failure');
  t.equal(stderr.match(/^model tiny\.en/gmu)?.length, 1);
  t.match(stderr, /broken\.wav: .*\n +CPW_UNSUPPORTED_MEDIA/);
  t.match(stderr, /none\.wav: .*\n +CPW_FILE_NOT_FOUND/);
  t.match(stderr, '2 of 4 files failed: broken.wav, none.wav');
  t.strictSame(readdirSync(dir).sort(), ['a.txt', 'a.wav', 'b.txt', 'b.wav', 'broken.wav']);
  isJfk(t, readFileSync(path.join(dir, 'b.txt'), 'utf8'), 'b');
});

t.test('when files have odd names, they are read and written under them', async (t) => {
  const dir = t.testdir();
  const names = ['-x', `it's "odd" $(name)`, ' नमस्ते 👋', '.hidden', 'a.b'];
  for (const name of names) copyFileSync(jfk, path.join(dir, `${name}.wav`));
  const files = names.map((name) => `${name}.wav`);
  const args = ['transcribe', ...tiny, '--format', 'txt', '--output-dir', 'out', '--', ...files];
  const { status, stderr } = await runCli(args, { cwd: dir });
  t.equal(status, 0, stderr);
  const written = readdirSync(path.join(dir, 'out')).sort();
  t.strictSame(written, names.map((name) => `${name.trim()}.txt`).sort());
});

t.test('when audio comes by a pipe or the text goes to one, both work', async (t) => {
  const piped = await runCli(['transcribe', '-', ...tiny], { input: readFileSync(jfk) });
  t.equal(piped.status, 0, piped.stderr);
  isJfk(t, piped.stdout, 'standard input');
  const closed = startCli(['transcribe', jfk, jfk, jfk, ...tiny]);
  closed.child.stdout?.destroy();
  const { status, stderr } = await closed.result;
  t.equal(status, 0, `a reader that has seen enough is no failure: ${stderr}`);
  t.notMatch(stderr, /EPIPE/);
});

t.test('when --json is asked for, events are lines on stdout and nothing else is', async (t) => {
  const files = [jfk, 'none.wav', jfk];
  const { status, stdout, stderr } = await runCli(['transcribe', ...files, ...tiny, '--json'], {
    env: { CPW_MODLE: 'x' },
  });
  t.equal(status, 2, stderr);
  t.match(JSON.parse(stderr), { code: 'CPW_FILE_NOT_FOUND', stage: null, file: 'none.wav' });
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => eventSchema.parse(JSON.parse(line)));
  const rest = events.filter(({ type }) => type !== 'progress');
  const [, , , model, ...ofFiles] = rest;
  t.match(rest.slice(0, 3), [
    { type: 'start', files },
    { type: 'warning', message: /CPW_MODLE .*did you mean CPW_MODEL\?/ },
    { type: 'error', file: 'none.wav', code: 'CPW_FILE_NOT_FOUND' },
  ]);
  t.match(model, { type: 'model', model: 'tiny.en', device: 'cpu', reason: /\w/ });
  const types = ofFiles.map(({ type }) => type).join(' ');
  t.match(types, /^(segment )+result (segment )+result done$/);
  const results = ofFiles.filter((event) => event.type === 'result');
  for (const { segments, ...result } of results) {
    t.match(result, { file: jfk, language: 'en', duration: 11, written: [] });
    isJfk(t, segments.map(({ text }) => text).join(' '), 'result');
  }
  const pieces = ofFiles.filter((event) => event.type === 'segment').map(({ text }) => text);
  isJfk(t, pieces.slice(0, pieces.length / 2).join(' '), 'segments');
  t.match(events.at(-1), { type: 'done', status: 2, files: 3, failed: 1 });
});

t.test('when two runs write the same files at once, one wins and none is mixed', async (t) => {
  const dir = t.testdir();
  copyFileSync(jfk, path.join(dir, 'a.wav'));
  const run = (engine: string) =>
    runCli(['transcribe', 'a.wav', ...tiny, '--engine', engine, '--format', 'all'], { cwd: dir });
  const ends = await Promise.all([run('whisper'), run('ctranslate2')]);
  t.strictSame(
    ends.map(({ status }) => String(status)).sort(),
    ['0', '2'],
    ends.map(({ stderr }) => stderr).join(),
  );
  const loser = ends.find(({ status }) => status === 2);
  t.match(loser?.stderr, /a\.txt" (exists|and).*already; add --overwrite|exist already/);
  t.strictSame(readdirSync(dir).sort(), ['a.ass', 'a.json', 'a.srt', 'a.txt', 'a.vtt', 'a.wav']);
  const { segments } = parseTranscript(readFileSync(path.join(dir, 'a.json'), 'utf8'));
  const text = readFileSync(path.join(dir, 'a.txt'), 'utf8');
  t.equal(text, segments.map((one) => `${one.text.trim()}\n`).join(''), 'of one run');
});

t.test('when the language is unknown, the error lists what exists', async (t) => {
  const args = ['transcribe', jfk, '--model', 'base', '--language', 'xx'];
  const { status, stdout, stderr } = await runCli(args);
  t.equal(status, 2, stderr);
  t.equal(stdout, '');
  t.match(stderr, /xx.*\bde\b.*\bhi\b.*CPW_UNSUPPORTED_LANGUAGE/s);
});

t.test('when the device cannot be used, the error says why and the status is 3', async (t) => {
  const { status, stderr } = await runCli([
    'transcribe',
    jfk,
    ...tiny,
    '--engine',
    'ctranslate2',
    '--device',
    'mps',
  ]);
  t.equal(status, 3, stderr);
  t.match(stderr, /CPW_UNSUPPORTED_DEVICE/);
});

for (const [signal, status] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
  t.test(`when ${signal} comes, it ends with ${status} and leaves no file`, async (t) => {
    const dir = t.testdir();
    longWav(path.join(dir, 'long.wav'), 600);
    const cli = startCli(['transcribe', 'long.wav', ...tiny, '--format', 'all'], { cwd: dir });
    await cli.saw(/^model tiny\.en/mu);
    const startedAt = performance.now();
    cli.child.kill(signal);
    const result = await cli.result;
    t.match(result, { status, signal: null, stdout: '' }, result.stderr);
    t.match(result.stderr, `interrupted by ${signal}`);
    t.ok(performance.now() - startedAt < 10_000, 'it does not finish the file first');
    t.strictSame(readdirSync(dir), ['long.wav']);
  });
}

t.test('when Ctrl-C comes while a silent pipe is waited for, it ends too', async (t) => {
  const cli = startCli(['transcribe', '-', ...tiny], { input: 'open' });
  await cli.saw(/^model tiny\.en/mu);
  cli.child.kill('SIGINT');
  t.match(await cli.result, { status: 130, signal: null, stdout: '' });
  cli.child.stdin?.destroy();
});

t.test('when Ctrl-C comes twice, the second one ends the process at once', async (t) => {
  // Work that never ends by itself: only the second signal can.
  const signals = JSON.stringify(new URL('../../dist/cli/signals.js', import.meta.url));
  const script = `
    import { interruptible } from ${signals};
    setInterval(() => {}, 1000);
    await interruptible((signal) => {
      signal.addEventListener('abort', () => console.error('aborted'));
      console.error('begun');
      return new Promise(() => {});
    });`;
  const cli = start([process.execPath, '--input-type=module', '-e', script]);
  await cli.saw(/begun/);
  cli.child.kill('SIGINT');
  await cli.saw(/aborted/);
  t.equal(cli.child.exitCode, null);
  cli.child.kill('SIGINT');
  t.match(await cli.result, { status: null, signal: 'SIGINT' });
});

t.test('when it runs in a terminal, progress is drawn and Ctrl-C clears it', async (t) => {
  const dir = t.testdir();
  longWav(path.join(dir, 'long.wav'), 600);
  const cli = startInTerminal(['transcribe', 'long.wav', ...tiny, '--format', 'txt'], { cwd: dir });
  await cli.saw(/long\.wav +\d+ %.* {2}\d+:\d\d/);
  cli.child.stdin?.write('\u0003');
  const { status, stdout } = await cli.result;
  cli.child.stdin?.destroy();
  t.equal(status, 130, stdout);
  t.match(stdout, /\r\u001b\[Kcpw-native: interrupted by SIGINT\r\n$/, 'the line is gone');
  t.strictSame(readdirSync(dir), ['long.wav']);
});

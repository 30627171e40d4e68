import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { audioPath } from '../helpers/audio.js';
import { hum } from '../helpers/sounds.js';
import { pcmFile, readPcm } from '../helpers/wav.js';
import { runCli } from './run-cli.js';

const cwd = t.testdir();
const jfk = readPcm(audioPath('jfk.wav'));
const tiny = ['--model', 'tiny.en', '--engine', 'ctranslate2'];
writeFileSync(path.join(cwd, 'two.wav'), pcmFile([jfk, new Float32Array(jfk.length)]));
writeFileSync(path.join(cwd, 'hum.wav'), pcmFile([hum(30, 60)]));

t.test(
  'when clips are wrong, the flag and the clip are named, and nothing is loaded',
  async (t) => {
    const said = (...clips: string[]) =>
      runCli(['transcribe', 'two.wav', ...tiny, ...clips], { cwd });
    t.match(await said('--clips', '0-5,4-6'), {
      status: 2,
      stderr: /--clips: clip 2 \(4-6 s\) begins before clip 1 \(0-5 s\) ends/u,
    });
    t.match(await said('--clips', '5'), { status: 2, stderr: /--clips: "5" is not a clip/u });
    t.match(await said('--clips', '0-5', '--end', '9'), {
      status: 2,
      stderr: /--clips: cannot be given together with start or end/u,
    });
    t.match(await said('--channels', 'both'), { status: 2, stderr: /--channels: "both"/u });
  },
);

t.test('when clips come with one flag or several, they are the same', async (t) => {
  const clips = { once: ['--clips', '0-3,0:05-11'], twice: ['--clips', '0-3', '--clips', '5-11'] };
  for (const [name, flags] of Object.entries(clips)) {
    const out = ['--format', 'json', '--output-dir', name];
    const { status, stderr } = await runCli(['transcribe', 'two.wav', ...tiny, ...flags, ...out], {
      cwd,
    });
    t.equal(status, 0, stderr);
    t.match(stderr, /two\.wav: 9\.0 s of audio/u);
    const transcript = parseTranscript(readFileSync(path.join(cwd, name, 'two.json'), 'utf8'));
    t.same(transcript.clips, [
      { start: 0, end: 3 },
      { start: 5, end: 11 },
    ]);
  }
});

t.test('when channels are split, every form of output names the speaker', async (t) => {
  const args = ['transcribe', 'two.wav', ...tiny, '--channels', 'split'];
  const { status, stdout, stderr } = await runCli(args, { cwd });
  t.equal(status, 0, stderr);
  t.match(stdout, /^Channel 1: And so/u);
  t.notMatch(stdout, /Channel 2/u, 'nobody speaks there');
  await runCli([...args, '--format', 'all', '--output-dir', 'split'], { cwd });
  const read = (name: string): string => readFileSync(path.join(cwd, 'split', name), 'utf8');
  t.match(read('two.txt'), /^Channel 1: And so/u);
  t.match(read('two.srt'), /\nChannel 1: And so/u);
  t.match(read('two.vtt'), /\n<v Channel 1>And so/u);
  t.match(read('two.ass'), /,Default,Channel 1,0,0,0,,And so/u);
  t.match(parseTranscript(read('two.json')).segments[0], { channel: 0 });
});

t.test('when something was made up, it is told how much was left out', async (t) => {
  // A model that is made to write what nobody says.
  const made = ['--prefix', 'Thanks for watching!', '--no-speech-threshold', '1'];
  const kept = ['--log-prob-threshold=-1000', '--temperature', '0', '--vad-threshold', '0'];
  const args = ['transcribe', 'hum.wav', ...tiny, ...made, ...kept];
  const { status, stdout, stderr } = await runCli([...args, '--json'], { cwd });
  t.equal(status, 0, stderr);
  const result = stdout
    .split('\n')
    .filter((line) => line.includes('"type":"result"'))
    .map((line) => JSON.parse(line) as { segments: unknown[]; removed?: unknown[] })[0];
  t.same(result?.segments, []);
  const count = result?.removed?.length ?? 0;
  t.ok(count > 0, 'the model made something of the hum');
  const plain = await runCli(args, { cwd });
  t.match(plain.stderr, /\d+ texts? w(as|ere) left out/u);
});

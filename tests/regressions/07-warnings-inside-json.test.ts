import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCli } from '../cli/run-cli.js';
import { audioPath } from '../helpers/audio.js';
import { ffmpeg } from '../helpers/media.js';
import { modelsDir } from '../helpers/models.js';

// The forerunner's libraries printed warnings to standard output, in the middle of its JSON.
void t.test(
  'when ffmpeg complains of a file, standard output is JSON, and says what it said',
  async (t) => {
    const cwd = t.testdir();
    const film = join(cwd, 'cut.mkv');
    await ffmpeg('-i', audioPath('jfk.wav'), '-c:a', 'aac', film);
    truncateSync(film, Math.floor(statSync(film).size * 0.6));
    const model = ['--model', 'tiny.en', '--models-dir', modelsDir.modelsDir, '--offline'];
    const args = ['subtitle', film, ...model, '--json', '--log-level', 'debug'];
    const { status, stdout, stderr } = await runCli(args, { cwd });
    t.equal(status, 2);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    t.match(
      events.find(({ type }) => type === 'error'),
      { file: film, code: 'CPW_UNSUPPORTED_MEDIA', stage: 'demux', message: /is cut.*Next step/u },
    );
    t.match(
      events.findLast(({ stage }) => stage === 'asr'),
      { state: 'interrupted' },
    );
    for (const line of stderr.trimEnd().split('\n')) JSON.parse(line);
  },
);

const local = ['--models-dir', modelsDir.modelsDir, '--offline', '--json', '--log-level', 'debug'];
const heard = ['--model', 'tiny.en', ...local];
const cases: readonly (readonly [what: string, args: readonly string[], last: string])[] = [
  ['whisper.cpp loads and logs', ['transcribe', 'talk.wav', '--engine=whisper', ...heard], 'done'],
  ['a FLAC file is damaged', ['transcribe', 'cut.flac', ...heard], 'done'],
  [
    'a text cannot be translated',
    ['translate', 'odd.txt', '--source=en', '--to=es', ...local],
    'done',
  ],
  [
    'all of a film is done',
    ['subtitle', 'talk.wav', '--targets=es', '--translate-model=demo', ...heard],
    'done',
  ],
];

for (const [what, args, last] of cases) {
  void t.test(`when ${what}, standard output is JSON lines and nothing else`, async (t) => {
    const cwd = t.testdir();
    const wav = readFileSync(audioPath('jfk.wav'));
    writeFileSync(join(cwd, 'talk.wav'), wav);
    const flac = readFileSync(audioPath('en-tale.flac'));
    writeFileSync(join(cwd, 'cut.flac'), flac.fill(0x55, 200_000, 204_000));
    writeFileSync(join(cwd, 'odd.txt'), 'I am hungry.\n你好吗\n');
    const { stdout, stderr } = await runCli(args, { cwd });
    const lines = stdout.trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const event of events) t.type(event['type'], 'string');
    t.match(events.at(-1), { type: last });
    t.not(stderr, '', 'and there was something to say');
    for (const line of stderr.trimEnd().split('\n')) t.type(JSON.parse(line), 'object');
  });
}

import { truncateSync, statSync } from 'node:fs';
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

import t from 'tap';
import { z } from 'zod';
import { audioPath } from '../helpers/audio.js';
import { runCli } from './run-cli.js';

const models = process.env['CPW_MODELS_DIR'];
const env = models === undefined ? {} : { CPW_MODELS_DIR: models };
const quick = ['--model', 'tiny.en', '--language', 'en', '--trials', '1', '--max-s', '5'];

t.test('when no recording is named or there is none, the error says what to do', async (t) => {
  const none = await runCli(['bench'], { env });
  t.match(none, { status: 2, stdout: '', stderr: /--file: is missing; name a recording/ });
  const absent = await runCli(['bench', '--file', 'absent.wav'], { env });
  t.match(absent, { status: 2, stderr: /absent\.wav/ });
});

t.test('when the model is not installed, nothing is fetched and the status is 3', async (t) => {
  const folder = t.testdir();
  const args = ['bench', '--file', audioPath('jfk.wav'), '--models-dir', folder];
  const { status, stderr } = await runCli(args);
  t.equal(status, 3);
  t.match(stderr, /'base' is not installed .*no model is installed.*models pull base/s);
});

t.test('when a recording is named, every setting has a row, and one is suggested', async (t) => {
  const args = ['bench', '--file', audioPath('jfk.wav'), ...quick];
  const { status, stdout, stderr } = await runCli(args, { env });
  t.equal(status, 0, stderr);
  const [head = '', ...rows] = stdout.split('\n\n')[0]?.split('\n') ?? [];
  t.match(head, /^engine +replicas +threads +windowS +load s +run s +x real time +words$/);
  for (const engine of ['ctranslate2', 'whisper']) {
    const own = rows.filter((line) => line.startsWith(engine));
    t.ok(own.some((line) => / 15 /.test(line)) && own.some((line) => / 30 /.test(line)), engine);
  }
  t.match(stdout, /\n(Suggested flags: --|Nothing is faster than the defaults)/);
});

t.test('with --json, each setting is a line, the suggestion the last', async (t) => {
  const args = ['bench', '--file', audioPath('jfk.wav'), ...quick, '--json'];
  const { status, stdout } = await runCli(args, { env });
  t.equal(status, 0);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const trials = z.array(
    z.object({ type: z.literal('trial'), speed: z.number(), words: z.number() }),
  );
  const all = trials.parse(lines.slice(0, -1));
  t.ok(all.length >= 4);
  t.ok(all.every(({ speed, words }) => speed > 0 && words > 5));
  const last = z.object({
    type: z.literal('suggestion'),
    speed: z.number(),
    options: z.looseObject({}),
  });
  const { speed } = last.parse(lines.at(-1));
  t.ok(
    all.some((one) => one.speed === speed),
    'the suggested one is among the tried',
  );
});

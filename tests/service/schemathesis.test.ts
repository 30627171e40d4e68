import t from 'tap';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startTestServer } from '../helpers/server.js';

const version = '4.32.5';
const folder = fileURLToPath(new URL('../../build/tools/schemathesis', import.meta.url));
const program = `${folder}/bin/schemathesis`;
const environment = {
  SCHEMATHESIS_HOOKS: 'schemathesis_hooks',
  PYTHONPATH: fileURLToPath(new URL('.', import.meta.url)),
  PYTHONDONTWRITEBYTECODE: '1',
};
const checks =
  'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';

interface End {
  readonly status: number | null;
  readonly output: string;
}

const missing = await install();
const skip = missing !== undefined && `schemathesis cannot be installed: ${missing}`;
const title = 'when random requests are made of the description, none is a server error';

t.test(title, { skip }, async (t) => {
  const { url, service } = await startTestServer(t);
  let recognised = 0;
  service.news.on('transcription', ({ state }) => (recognised += Number(state === 'completed')));
  const { status, output } = await run(
    program,
    [
      'run',
      `${url}/openapi.json`,
      `--checks=${checks}`,
      '--phases=examples,coverage,fuzzing',
      '--max-examples=25',
      '--seed=1',
      '--request-timeout=30',
      // It answers 503 where the machine is short of room, and that is right.
      '--exclude-path=/health/ready',
      '--suppress-health-check=all',
      '--continue-on-failure',
      '--no-color',
    ],
    environment,
  );
  t.equal(status, 0, output.slice(-6000));
  t.comment(`${/\d+ generated, \d+ passed/u.exec(output)?.[0]}; ${recognised} of them recognised`);
  t.ok(recognised > 0, 'some of them are good requests');
  t.equal(service.queue.running + service.queue.waiting, 0, 'no place is held');
});

/** Brings the program into build/; what it returns says why it could not. */
async function install(): Promise<string | undefined> {
  if (existsSync(program)) return undefined;
  const made = await run('python3', ['-m', 'venv', folder]);
  if (made.status !== 0) return made.output;
  const pip = ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`];
  const brought = await run(`${folder}/bin/python`, ['-m', 'pip', ...pip]);
  return brought.status === 0 ? undefined : brought.output.trim().split('\n').at(-1);
}

async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<End> {
  return new Promise((resolve) => {
    // It keeps a folder of its own where it runs.
    const cwd = existsSync(folder) ? folder : undefined;
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.on('error', (error) => resolve({ status: -1, output: error.message }));
    child.on('close', (status) => resolve({ status, output }));
  });
}

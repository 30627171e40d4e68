import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCli, type CliResult } from '../cli/run-cli.js';

t.test('when secrets are kept, only their key opens them, and nothing shows them', async (t) => {
  const folder = t.testdir();
  const key = join(folder, 'key.txt');
  const env = { XDG_CONFIG_HOME: folder, CPW_SECRETS_KEY_FILE: key };
  const run = (args: string[], input = '', more = {}): Promise<CliResult> =>
    runCli(args, { env: { ...env, ...more }, input: Buffer.from(input) });
  t.equal((await run(['backup', 'keygen', key])).status, 0);
  const set = await run(['secrets', 'set', 'CPW_SMTP_PASSWORD'], 'a secret word\n');
  t.equal(set.status, 0, set.stderr);
  t.match(await run(['secrets', 'list']), { status: 0, stdout: 'CPW_SMTP_PASSWORD\n' });
  const file = join(folder, 'cpw-native', 'secrets.json');
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.notMatch(readFileSync(file, 'utf8'), /secret word|SMTP/u);
  const shown = await run(['config', 'show', '--json']);
  t.equal(shown.status, 0, shown.stderr);
  t.notMatch(`${shown.stdout}${shown.stderr}`, /secret word|CPW_SECRETS/u);

  const job = [
    'jobs',
    'resume',
    'no-such-job',
    '--notifications-enabled',
    '--alert-email',
    'a@example.org',
  ];
  const mail = [...job, '--smtp-server', 'localhost', '--smtp-username', 'cpw'];
  t.match((await run(mail)).stderr, /There is no job/u, 'the password was found');
  t.match(
    (await run(mail, '', { CPW_SECRETS_KEY_FILE: '' })).stderr,
    /smtpUsername has no password/u,
  );

  t.match(await run(['secrets', 'set', 'CPW_SMTP_PASWORD'], 'x'), {
    status: 2,
    stderr: /did you mean CPW_SMTP_PASSWORD/u,
  });
  t.match(await run(['secrets', 'set', 'PASSWORD'], 'x'), {
    status: 2,
    stderr: /PASSWORD is not a secret; there are CPW_TMDB_KEY, /u,
  });
  t.match(await run(['secrets', 'set', 'CPW_TMDB_KEY'], ' \n'), {
    status: 2,
    stderr: /standard input is empty/u,
  });
  t.match(await run(['secrets', 'list'], '', { CPW_SECRETS_KEY_FILE: '' }), {
    status: 2,
    stderr: /names no key file/u,
  });
  const other = join(folder, 'other.txt');
  await run(['backup', 'keygen', other]);
  t.match(await run(['secrets', 'list'], '', { CPW_SECRETS_KEY_FILE: other }), {
    status: 2,
    stderr: /for another key/u,
  });
  t.equal((await run(['secrets', 'remove', 'CPW_SMTP_PASSWORD'])).status, 0);
  t.equal((await run(['secrets', 'list'])).stdout, '');
  writeFileSync(file, '{"version":1,"sealed":"a secret word"}');
  t.match(await run(['secrets', 'list']), {
    status: 2,
    stderr: /^(?!.*secret word).*cannot be opened/su,
  });
});

t.test('when the reference is asked for, it has every section', async (t) => {
  const { status, stdout } = await runCli(['config', 'docs']);
  t.equal(status, 0);
  for (const part of ['# Options', '## Backup', '## Faults', '## Notices', 'CPW_SMTP_PASSWORD']) {
    t.match(stdout, part);
  }
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { CpwError, networkChannel } from 'cpw-native';
import { noticeOptionsSchema, retryOptionsSchema, type NoticeOptions } from 'cpw-native/options';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { NotifyPart } from '../../src/cli/server-package.js';
import * as notify from '../../src/service/notify/index.js';
import { createNotifier, type NotifierContext } from '../../src/service/notify/notifier.js';
import { runCli } from '../cli/run-cli.js';
import { modelsDir } from '../helpers/models.js';
import { audioPath } from '../helpers/audio.js';

// The command line calls the package by this shape.
notify satisfies NotifyPart;

const error = new CpwError('CPW_INFERENCE_FAILED', 'out of luck', { stage: 'asr' });
const failure = { job: '2026/01/31/anna/1', error };
const quick = retryOptionsSchema.parse({ initialDelayS: 0.001, maxRetries: 2 });

/** Lines of a log. */
function logTo(lines: string[]): Pick<NotifierContext, 'logger'> {
  const write = (fields: object, message: string): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { logger: { info: write, warn: write } };
}

interface Mailbox {
  readonly port: number;
  readonly mails: string[];
  readonly users: string[];
  readonly secure: boolean[];
}

async function mailServer(t: Test, options: SMTPServerOptions = {}): Promise<Mailbox> {
  const box = { mails: [] as string[], users: [] as string[], secure: [] as boolean[] };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.cert === undefined ? ['STARTTLS'] : [],
    onAuth: ({ username = '', password }, _session, done) => {
      if (password !== 'a secret word') return done(new Error('wrong password'));
      box.users.push(username);
      return done(null, { user: username });
    },
    onData: (stream, session, done) => {
      let text = '';
      box.secure.push(session.secure);
      stream.setEncoding('utf8').on('data', (more: string) => (text += more));
      stream.on('end', () => done(null, void box.mails.push(text)));
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { port, ...box };
}

const mailOptions = (port: number, more: NoticeOptions = {}) =>
  noticeOptionsSchema.parse({
    notificationsEnabled: true,
    smtpServer: 'localhost',
    smtpPort: port,
    smtpUseTls: false,
    alertEmail: 'ops@example.org',
    smtpFrom: 'cpw@example.org',
    ...more,
  });

/** A certificate that signs itself, for localhost. */
function certificate(t: Test): { readonly key: string; readonly cert: string } {
  const folder = t.testdir();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const about = [
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  ];
  execFileSync('openssl', [...made, ...about, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

t.test('when a job fails, a mail tells job, stage, error, time and log', async (t) => {
  const box = await mailServer(t);
  const lines: string[] = [];
  const request = { options: mailOptions(box.port), retry: quick, logFile: '/var/log/cpw.log' };
  const notifier = createNotifier(request, logTo(lines));
  await notifier.jobFailed(failure);
  notifier.close();
  t.equal(box.mails.length, 1, lines.join('\n'));
  const [mail = ''] = box.mails;
  t.match(mail, 'Subject: Job 2026/01/31/anna/1 failed at stage asr');
  t.match(mail, /^To: ops@example\.org/mu);
  t.match(mail, /^From: cpw@example\.org/mu);
  for (const line of [
    /^Job: 2026\/01\/31\/anna\/1/mu,
    /^Stage: asr/mu,
    /^Error: out of luck \(CPW_INFERENCE_FAILED\)/mu,
    /^Time: \d{4}-\d\d-\d\dT/mu,
    /^Log file: \/var\/log\/cpw\.log/mu,
  ]) {
    t.match(mail, line);
  }
});

t.test('when the server speaks TLS and asks for a login, both are kept to', async (t) => {
  const { key, cert } = certificate(t);
  const box = await mailServer(t, { key, cert, authOptional: false });
  const options = mailOptions(box.port, { smtpUseTls: true, smtpUsername: 'cpw' });
  const lines: string[] = [];
  const told = createNotifier(
    { options, retry: quick, smtpPassword: 'a secret word' },
    { ...logTo(lines), ca: cert },
  );
  await told.jobFailed(failure);
  told.close();
  t.strictSame(box.users, ['cpw'], lines.join('\n'));
  t.strictSame(box.secure, [true]);

  const wrong = { options, retry: quick, smtpPassword: 'another' };
  const refused = createNotifier(wrong, { ...logTo(lines), ca: cert });
  await refused.jobFailed(failure);
  refused.close();
  t.match(lines.at(-1), /could not be told.*took no mail/u);
  t.notMatch(lines.join('\n'), /another|a secret word/u, 'no password in the log');
  t.equal(lines.filter((line) => line.startsWith('Attempt')).length, 0, 'a refusal is final');

  const untrusted = createNotifier({ ...wrong, smtpPassword: 'a secret word' }, logTo(lines));
  await untrusted.jobFailed(failure);
  untrusted.close();
  t.match(lines.at(-1), /certificate/u, 'a certificate that nobody vouches for is refused');
  const plain = await mailServer(t);
  const noTls = createNotifier(
    { options: mailOptions(plain.port, { smtpUseTls: true }), retry: quick },
    logTo(lines),
  );
  await noTls.jobFailed(failure);
  noTls.close();
  t.strictSame(plain.mails, [], 'without TLS nothing is sent');
});

t.test('when nobody can be told, it is tried again, logged, and harms nobody', async (t) => {
  const lines: string[] = [];
  const network: unknown[] = [];
  const listen = (one: unknown): void => void network.push(one);
  subscribe(networkChannel, listen);
  t.teardown(() => void unsubscribe(networkChannel, listen));
  const box = await mailServer(t, {
    onMailFrom: (_address, _session, done) =>
      done(Object.assign(new Error('come back later'), { responseCode: 451 })),
  });
  const notifier = createNotifier({ options: mailOptions(box.port), retry: quick }, logTo(lines));
  await notifier.jobFailed(failure);
  t.match(lines, [/^Attempt 1\/3/u, /^Attempt 2\/3/u, /^the failure could not be told.*later/u]);
  await notifier.jobFailed(failure);
  notifier.close();
  const name = 'smtp';
  t.match(network, [
    { type: 'breaker', name, state: 'closed' },
    { type: 'retry', name, attempt: 1 },
    { type: 'retry', name, attempt: 2 },
    { type: 'retry', name, attempt: 1 },
    { type: 'breaker', name, state: 'open' },
  ]);
  t.match(lines.at(-1), /smtp is left alone: it failed 5 times/u);
});

t.test('when a webhook is named, it gets the notice as JSON', async (t) => {
  const bodies: unknown[] = [];
  const answers = [503, 200, 302, 404];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (more: string) => (text += more));
    request.on('end', () => {
      bodies.push(JSON.parse(text));
      response.writeHead(answers.shift() ?? 200, { location: 'http://127.0.0.1:1/' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const options = noticeOptionsSchema.parse({
    notificationsEnabled: true,
    notifyWebhook: `http://127.0.0.1:${port}/hooks/s3cr3t`,
  });
  const lines: string[] = [];
  const notifier = createNotifier({ options, retry: quick }, logTo(lines));
  await notifier.jobFailed(failure);
  t.equal(bodies.length, 2, 'again after trouble of its own');
  t.match(bodies[1], {
    job: '2026/01/31/anna/1',
    stage: 'asr',
    code: 'CPW_INFERENCE_FAILED',
    error: 'out of luck',
    time: /^\d{4}-/u,
    text: 'Job 2026/01/31/anna/1 failed at stage asr',
  });
  await notifier.jobFailed(failure);
  t.match(lines.at(-1), /answers 302/u, 'no redirect is followed');
  await notifier.jobFailed({ job: 'x', error: 'odd' });
  t.match(bodies.at(-1), { job: 'x', stage: 'unknown', code: 'CPW_INTERNAL', error: 'odd' });
  t.notMatch(lines.join('\n'), /s3cr3t/u);
});

t.test('when options of notices make no sense, that is told before the work', async (t) => {
  const create = (options: NoticeOptions, smtpPassword?: string) => () =>
    createNotifier(
      {
        options: noticeOptionsSchema.parse({ notificationsEnabled: true, ...options }),
        smtpPassword,
      },
      logTo([]),
    );
  const mail = { smtpServer: 'mail.example.org', alertEmail: 'a@example.org' };
  t.throws(create({}), { code: 'CPW_INVALID_OPTIONS', message: /nobody would be told/u });
  t.throws(create({ ...mail, smtpUsername: 'x' }), { message: /CPW_SMTP_PASSWORD/u });
  t.throws(create({ ...mail, smtpUsername: 'x', smtpUseTls: false }, 'y'), {
    message: /in the clear/u,
  });
});

t.test('when a batch run fails, whoever is named hears of it', async (t) => {
  const box = await mailServer(t);
  const folder = t.testdir();
  const glossary = join(folder, 'names.tsv');
  writeFileSync(glossary, 'x');
  const flags = ['--notifications-enabled', '--smtp-server', '127.0.0.1', '--no-smtp-use-tls'];
  const mail = ['--smtp-port', String(box.port), '--alert-email', 'ops@example.org'];
  const where = ['--jobs-dir', join(folder, 'jobs'), '--output-dir', folder];
  const models = ['--model', 'tiny.en', '--models-dir', modelsDir.modelsDir];
  const stuck = ['--stall-s', '0.05', '--stop-grace-s', '20'];
  const { status, stderr } = await runCli([
    'subtitle',
    audioPath('jfk.wav'),
    ...models,
    ...flags,
    ...mail,
    ...where,
    ...stuck,
  ]);
  t.not(status, 0);
  t.match(stderr, /is stuck/u);
  t.equal(box.mails.length, 1, stderr);
  t.match(box.mails[0], /^Subject: Job \S+ failed at stage \w+/mu);
});

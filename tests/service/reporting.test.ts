import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { CpwError } from 'cpw-native';
import { reportingOptionsSchema } from 'cpw-native/options';
import type { ReportingPart } from '../../src/cli/server-package.js';
import * as reporting from '../../src/service/reporting/index.js';
import { scrubbedText } from '../../src/service/reporting/scrub.js';
import { start } from '../cli/run-cli.js';
import { dsnOf, keepingServer } from '../helpers/keeping-server.js';

// The command line calls the package by this shape.
reporting satisfies ReportingPart;

/** Stands in for the host of a DSN; keeps what is sent. */
async function sink(t: Test): Promise<{ readonly dsn: string; readonly envelopes: string[] }> {
  const { url, bodies } = await keepingServer(t);
  return { dsn: dsnOf(url), envelopes: bodies };
}

const spoken = 'ask not what your country can do for you';
const options = reportingOptionsSchema.parse({ environment: 'test', tracesSampleRate: 1 });

t.test('when a job fails, the report says what and where, and nothing that was said', async (t) => {
  const { dsn, envelopes } = await sink(t);
  const reports = await reporting.openErrorReports({ dsn, options, release: 'cpw-native@1' });
  reports.jobBegan({ id: '2026/01/31/anna/1', workflow: 'subtitle' });
  const cause = new Error(`Unexpected token, "${spoken}"... is not valid JSON`);
  const error = new CpwError(
    'CPW_INFERENCE_FAILED',
    `The line ‘${spoken}’ of /home/anna/talk.wav is bad\n${spoken}`,
    {
      stage: 'asr',
      details: { text: spoken },
      cause,
    },
  );
  await reports.jobFailed({ job: '2026/01/31/anna/1', error });
  reports.jobEnded('2026/01/31/anna/1', 'failed');
  reports.report(spoken);
  await reports.close();
  const all = envelopes.join('\n');
  t.match(all, /"environment":"test"/u);
  t.match(all, /"code":"CPW_INFERENCE_FAILED"/u);
  t.match(all, /"stage":"asr"/u);
  t.match(all, /"job":"2026\/01\/31\/anna\/1"/u);
  t.match(all, /"type":"span".*\n.*"name":"subtitle"/u, 'and the times of a share of the jobs');
  t.match(all, /"value":"The line "…" of … is bad"|The line \\"…\\" of … is bad/u);
  for (const secret of [
    'country',
    'talk.wav',
    '/home/',
    process.cwd(),
    'breadcrumbs',
    'pre_context',
    '"request"',
    'server_name',
  ]) {
    t.notMatch(all, secret, `no ${secret}`);
  }
});

t.test('when texts are scrubbed, quotes and paths go', (t) => {
  t.equal(
    scrubbedText('Cannot read "a b" in /x/y.wav: it is cut'),
    'Cannot read "…" in …: it is cut',
  );
  t.equal(scrubbedText(`"${spoken}`), '"…"', 'a quote without an end too');
  t.ok(scrubbedText('x'.repeat(5000)).length < 400);
  t.end();
});

t.test('when a DSN is none, that is said without it', async (t) => {
  const wrong = reporting.openErrorReports({ dsn: 's3cr3t', options });
  await t.rejects(wrong, {
    code: 'CPW_INVALID_OPTIONS',
    message: /^(?!.*s3cr3t).*CPW_SENTRY_DSN/u,
  });
});

const at = (path: string): string =>
  fileURLToPath(new URL(`../../src/service/dist/${path}`, import.meta.url));

t.test('when nobody handles an error, it is reported and the process fails', async (t) => {
  const { dsn, envelopes } = await sink(t);
  const program = `
    const { openErrorReports } = await import(${JSON.stringify(at('reporting/index.js'))});
    await openErrorReports({ dsn: ${JSON.stringify(dsn)}, options: ${JSON.stringify(options)} });
    setTimeout(() => Promise.reject(new RangeError('said "${spoken}"')), 1);
    setTimeout(() => {}, 20_000);`;
  const { status } = await start([process.execPath, '--input-type=module', '-e', program]).result;
  t.not(status, 0);
  t.match(envelopes.join('\n'), /"type":"RangeError"/u);
  t.notMatch(envelopes.join('\n'), 'country');
});

t.test('when no DSN is set, nothing of the client is loaded', async (t) => {
  const hook = `export const resolve = (name, context, next) => {
    if (name.includes('@sentry')) process.stdout.write('loaded ' + name);
    return next(name, context);
  };`;
  const program = `
    const { register } = await import('node:module');
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
    await import(${JSON.stringify(at('index.js'))});
    await import(${JSON.stringify(at('reporting/index.js'))});
    console.log('ready');`;
  const { status, stdout, stderr } = await start([
    process.execPath,
    '--input-type=module',
    '-e',
    program,
  ]).result;
  t.equal(status, 0, stderr);
  t.equal(stdout.trim(), 'ready');
});

import { z } from 'zod';
import { faultOptionsSchema } from '../../options/faults.js';
import { logOptionsSchema } from '../../options/log.js';
import { noticeOptionsSchema } from '../../options/notices.js';
import { reportingOptionsSchema } from '../../options/reporting.js';
import { modelPoolOptionsSchema } from '../../options/model-pool.js';
import { jobsDirSchema } from '../../options/pipeline.js';
import { modelOptionsSchema, recognizerOptionsSchema } from '../../options/recognizer.js';
import { serverOptionsSchema } from '../../options/server.js';
import { isLoopback } from '../../network/loopback.js';
import { hubBreaker } from '../breakers.js';
import type { Command, CommandContext } from '../command.js';
import { exitStatus, Interruption } from '../exit-codes.js';
import { sayDownloads } from '../downloads.js';
import type { FlagValues } from '../flags.js';
import { hubOf, modelOptionsOf } from '../library.js';
import type { Reporter } from '../reporter.js';
import { openLog } from '../log.js';
import { tellersOf } from '../notices.js';
import { secretListOf } from '../secrets.js';
import { serverPackage, type ServerPackage } from '../server-package.js';

const schemas = {
  model: modelOptionsSchema,
  recognizer: recognizerOptionsSchema,
  server: serverOptionsSchema,
  log: logOptionsSchema,
  jobs: z.strictObject({ jobsDir: jobsDirSchema }),
  faults: faultOptionsSchema,
  notices: noticeOptionsSchema,
  reporting: reportingOptionsSchema,
};
type Values = FlagValues<typeof schemas>;
type Served = Required<Parameters<ServerPackage['serve']>[0]['served']>;

/** `cpw-native serve` */
export const serveCommand: Command<typeof schemas> = {
  name: 'serve',
  words: '',
  summary:
    "Serves transcription over HTTP, as OpenAI's interface has it, and the jobs of the pipeline. " +
    'Needs the package @cpw-native/server.',
  examples: [
    ['serve --model base', 'on http://127.0.0.1:8080, for this machine alone'],
    ['CPW_API_KEYS=… cpw-native serve --host 0.0.0.0', 'for others, who need one of the keys'],
  ],
  notes:
    'Keys are read from CPW_API_KEYS, separated by commas, or the file that CPW_API_KEYS_FILE names. ' +
    'SIGTERM and Ctrl-C end it with status 0, once what ran has ended.',
  schemas,
  count: [0, 0],
  run,
};

async function run(
  _words: readonly string[],
  values: Values,
  context: CommandContext,
): Promise<number> {
  const { reporter, signal } = context;
  const [server, { ModelPool }, { Pipeline }] = await Promise.all([
    serverPackage(),
    import('../../engines/model-pool.js'),
    import('../../pipeline/pipeline.js'),
  ]);
  const apiKeys = await secretListOf('CPW_API_KEYS');
  sayWhoIsServed(values.server.host, apiKeys, reporter);
  const served = await servedModel(values, context);
  const { logger, closeLog } = await openLog(context, values.log);
  const models = new ModelPool(modelPoolOptionsSchema.parse({}));
  const pipeline = new Pipeline({
    jobsDir: values.jobs.jobsDir,
    models,
    load: served.load,
    logger,
    faults: values.faults,
  });
  try {
    const tellers = await tellersOf(values, context);
    const request = { options: values.server, served, apiKeys, models, pipeline, ...tellers };
    const onListening = (address: string): void => reporter.note(`listening on ${address}`);
    await server.serve(request, { logger, signal, onListening });
  } finally {
    await Promise.all([models.close(), pipeline.close()]);
    await closeLog();
  }
  // A server is ended by a signal: that is no failure.
  return signal.reason instanceof Interruption ? exitStatus.ok : exitStatus.failed;
}

/** Says of the model whether it is there. Throws where it is not and cannot be fetched. */
async function servedModel(
  { model: { model }, recognizer }: Values,
  context: CommandContext,
): Promise<Served> {
  const { general, reporter } = context;
  const [{ jobModelStates }, { describeModel }] = await Promise.all([
    import('../job-models.js'),
    import('../model-report.js'),
  ]);
  for (const state of await jobModelStates({ recognizer: model, vad: true }, recognizer, context)) {
    if (state.state === 'refused') throw state.error;
    reporter.note(describeModel(state));
  }
  const announce = (name: string, what: string): string =>
    `model ${name} is not installed: ${what}; --offline forbids this`;
  const onDownload = sayDownloads(reporter, announce);
  const load = { hub: hubOf(), onDownload, breaker: hubBreaker(reporter) };
  return { model, options: modelOptionsOf(recognizer, general), load };
}

function sayWhoIsServed(host: string, keys: readonly string[], reporter: Reporter): void {
  if (keys.length > 0) return;
  reporter.note('no key is configured: every request is served');
  if (isLoopback(host)) return;
  reporter.warn(
    `whoever reaches ${host} is served, since no key is configured; set CPW_API_KEYS ` +
      '(or CPW_API_KEYS_FILE), or leave --host out',
  );
}

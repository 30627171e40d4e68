import { z } from 'zod';
import { modelOptionsSchema } from '../../options/config.js';
import { modelPoolOptionsSchema } from '../../options/model-pool.js';
import { jobsDirSchema } from '../../options/pipeline.js';
import { recognizerOptionsSchema } from '../../options/recognizer.js';
import { serverOptionsSchema } from '../../options/server.js';
import type { Command, CommandContext } from '../command.js';
import { exitStatus, Interruption } from '../exit-codes.js';
import type { FlagValues } from '../flags.js';
import { hubOf, modelOptionsOf } from '../library.js';
import { secretListOf } from '../secrets.js';
import { serverPackage } from '../server-package.js';

const schemas = {
  model: modelOptionsSchema,
  recognizer: recognizerOptionsSchema,
  server: serverOptionsSchema,
  jobs: z.strictObject({ jobsDir: jobsDirSchema }),
};
type Values = FlagValues<typeof schemas>;

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
    'Keys are read from CPW_API_KEYS, separated by commas, or the file that CPW_API_KEYS_FILE names.',
  schemas,
  count: [0, 0],
  run,
};

async function run(
  _words: readonly string[],
  values: Values,
  { general, reporter, signal }: CommandContext,
): Promise<number> {
  const [server, { ModelPool }, { Pipeline }, { pino }] = await Promise.all([
    serverPackage(),
    import('../../engines/model-pool.js'),
    import('../../pipeline/pipeline.js'),
    import('pino'),
  ]);
  const apiKeys = await secretListOf('CPW_API_KEYS');
  const recognizer = modelOptionsOf(values.recognizer, general);
  const logger = pino({ level: general.logLevel ?? 'info', base: null }, pino.destination(2));
  const models = new ModelPool(modelPoolOptionsSchema.parse({}));
  const pipeline = new Pipeline({ jobsDir: values.jobs.jobsDir, load: { hub: hubOf() }, logger });
  const served = { model: values.model.model, options: recognizer };
  if (apiKeys.length === 0) reporter.note('no key is configured: every request is served');
  try {
    const request = { options: values.server, served, apiKeys, models, pipeline };
    const onListening = (address: string): void => reporter.note(`listening on ${address}`);
    await server.serve(request, { logger, signal, onListening });
  } finally {
    await Promise.all([models.close(), pipeline.close()]);
  }
  // A server is ended by a signal: that is no failure.
  return signal.reason instanceof Interruption ? exitStatus.ok : exitStatus.failed;
}

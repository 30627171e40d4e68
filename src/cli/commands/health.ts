import { z } from 'zod';
import { CpwError } from '../../errors.js';
import { healthCommandSchema } from '../../options/health.js';
import type { Command, CommandContext } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import type { FlagValues } from '../flags.js';

const schemas = { health: healthCommandSchema };
type Values = FlagValues<typeof schemas>;

/** `cpw-native health` */
export const healthCommand: Command<typeof schemas> = {
  name: 'health',
  words: '',
  summary: 'Says whether a server is ready for work, and what is not well.',
  examples: [
    ['health', 'of the server on this machine'],
    ['health --url http://10.0.0.5:8080 --json', 'of another, for programs'],
  ],
  notes: 'Exit status: 0 when the server is ready, 1 when it is not or does not answer.',
  schemas,
  count: [0, 0],
  run,
};

// Looser than what is sent: a server of a later release may check more.
const answerSchema = z.looseObject({
  status: z.string(),
  version: z.string().optional(),
  checks: z.record(z.string(), z.boolean()),
  details: z
    .looseObject({
      model: z.string().optional(),
      disk_free_gb: z.number().optional(),
      disk_needed_gb: z.number().optional(),
      memory_available_gb: z.number().optional(),
      memory_needed_gb: z.number().optional(),
    })
    .optional(),
});
type Answer = z.output<typeof answerSchema>;

async function run(
  _words: readonly string[],
  { health }: Values,
  { general, reporter, signal }: CommandContext,
): Promise<number> {
  const answer = await ask(health, signal);
  if (general.json) reporter.result(`${JSON.stringify(answer)}\n`);
  else reporter.result(answerText(answer, health.url));
  return notWell(answer).length === 0 ? exitStatus.ok : exitStatus.failed;
}

async function ask(
  { url, timeoutS }: z.output<typeof healthCommandSchema>,
  signal: AbortSignal,
): Promise<Answer> {
  const address = new URL('health', url.endsWith('/') ? url : `${url}/`);
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(timeoutS * 1000)]);
    const response = await fetch(address, { signal: patience });
    return answerSchema.parse(await response.json());
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new CpwError(
      'CPW_DOWNLOAD_FAILED',
      `${reasonOf(cause, timeoutS)}: ${address.href}. ${nextStep}`,
      {
        cause,
        details: { url },
      },
    );
  }
}

const nextStep =
  'Next step: start it by cpw-native serve, or name its address with --url (http://host:port).';

function reasonOf(cause: unknown, timeoutS: number): string {
  if (cause instanceof z.ZodError || cause instanceof SyntaxError) {
    return 'What answers is no server of cpw-native';
  }
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return `The server has not answered within ${timeoutS} s`;
  }
  return 'The server cannot be reached';
}

function notWell({ checks }: Answer): readonly string[] {
  return Object.entries(checks).flatMap(([name, well]) => (well ? [] : [name]));
}

function answerText(answer: Answer, url: string): string {
  const failed = notWell(answer);
  if (failed.length === 0) return `${url} is ready\n`;
  const lines = failed.map((name) => `  ${name}: ${meaningOf(name, answer)}\n`);
  return `${url} is not ready\n${lines.join('')}`;
}

function meaningOf(name: string, { details = {} }: Answer): string {
  const { model = 'the model', disk_free_gb: disk, memory_available_gb: memory } = details;
  const meanings: Readonly<Record<string, string>> = {
    models_loaded: `${model} is not loaded; the server's log says why`,
    disk_space: `${disk ?? '?'} GB are free, ${details.disk_needed_gb ?? '?'} GB are wanted (--min-disk-gb)`,
    memory_available: `${memory ?? '?'} GB are available, ${details.memory_needed_gb ?? '?'} GB are wanted (--min-memory-gb)`,
    gpu_available: 'the GPU that was asked for is not used; cpw-native doctor looks for it',
    queue: 'a queue is full; it takes more when running work ends',
    accepting: 'the server is about to stop',
  };
  return meanings[name] ?? 'is not well';
}

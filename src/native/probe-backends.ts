import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { probeAnswerSchema, type ProbeOutcome } from './probe-outcome.js';

/** How the trial runs. */
export interface ProbeOptions {
  /** The program that the child runs; the package's own unless given. */
  readonly program?: string;
  /** After so many milliseconds the child is killed. A first start of CUDA takes some seconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const defaultTimeoutMs = 20_000;
/**
 * How long to wait for the rest of the output once the child is gone, since a process of its own can
 * hold the pipes, and for the child once it was killed, since a driver can hold that up.
 */
const drainMs = 500;
const keptCharacters = 2000;
const maxAnswer = 1 << 20;

/**
 * Loads the addon in a child process and asks every backend there, so that a driver that crashes,
 * hangs or prints takes down the child alone. Rejects only with the signal's reason.
 */
export async function probeBackends(options: ProbeOptions = {}): Promise<ProbeOutcome> {
  const { signal, timeoutMs = defaultTimeoutMs } = options;
  signal?.throwIfAborted();
  const program = options.program ?? fileURLToPath(new URL('probe-child.js', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const printed = collect([child.stdout, child.stderr], keptCharacters);
  const answer = collect([child.stdio[3] as Readable | null], maxAnswer);
  const ending = await endOf(child, timeoutMs, signal);
  // A child that waits inside its driver may outlive even SIGKILL: it must not hold up this process.
  child.unref();
  for (const stream of child.stdio) stream?.destroy();
  signal?.throwIfAborted();
  return judge(ending, answer(), { printed: readable(printed()), timeoutMs });
}

type Ending =
  | { readonly how: 'exited'; readonly status: number | null; readonly signal: string | null }
  | { readonly how: 'timed-out' }
  | { readonly how: 'not-started'; readonly message: string };

async function endOf(
  child: ChildProcess,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Ending> {
  const timers: NodeJS.Timeout[] = [];
  let onAbort = (): void => undefined;
  try {
    return await new Promise<Ending>((resolve) => {
      let given: Ending | undefined;
      const giveUp = (): void => {
        given = { how: 'timed-out' };
        child.kill('SIGKILL');
        timers.push(setTimeout(() => resolve({ how: 'timed-out' }), drainMs));
      };
      onAbort = giveUp;
      signal?.addEventListener('abort', giveUp, { once: true });
      timers.push(setTimeout(giveUp, timeoutMs));
      child.on('error', ({ message }) => resolve({ how: 'not-started', message }));
      child.on('exit', (status, ended) => {
        const ending = given ?? { how: 'exited', status, signal: ended };
        timers.push(setTimeout(() => resolve(ending), drainMs));
        child.on('close', () => resolve(ending));
      });
    });
  } finally {
    timers.forEach((timer) => clearTimeout(timer));
    signal?.removeEventListener('abort', onAbort);
  }
}

interface Heard {
  readonly printed: string | null;
  readonly timeoutMs: number;
}

function judge(ending: Ending, answer: string, { printed, timeoutMs }: Heard): ProbeOutcome {
  const parsed = parseAnswer(answer);
  const bad = ending.how !== 'exited' || ending.status !== 0;
  const what = `the trial ${wordsOf(ending, timeoutMs)}`;
  if (parsed !== undefined) {
    return { ...parsed, trouble: bad ? `after its answer ${what}` : null, printed };
  }
  const failed = { kind: 'failed', signal: null, message: what, printed } as const;
  if (ending.how !== 'exited') return { ...failed, failure: ending.how };
  if (bad) return { ...failed, failure: 'crashed', signal: ending.signal };
  const message = answer === '' ? `${what} without an answer` : "the trial's answer cannot be read";
  return { ...failed, failure: 'garbled', message };
}

function parseAnswer(text: string) {
  try {
    const parsed = probeAnswerSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // no JSON
  }
}

const signalMeanings: Readonly<Record<string, string>> = {
  SIGABRT: 'something in it called abort()',
  SIGSEGV: 'a memory fault',
  SIGBUS: 'a memory fault',
  SIGILL: 'an instruction that this CPU does not know',
  SIGFPE: 'an arithmetic fault',
  SIGKILL: 'killed from outside, often for lack of memory',
};

function wordsOf(ending: Ending, timeoutMs: number): string {
  if (ending.how === 'timed-out') return `gave no sign for ${timeoutMs / 1000} s and was killed`;
  if (ending.how === 'not-started') return `could not be started (${ending.message})`;
  if (ending.status === 0) return 'ended';
  if (ending.signal === null) return `ended with status ${ending.status ?? 'unknown'}`;
  const meaning = signalMeanings[ending.signal];
  return `crashed with ${ending.signal}${meaning === undefined ? '' : ` (${meaning})`}`;
}

/** What was printed, as text that a terminal can show; without the stack that Node adds to abort(). */
function readable(text: string): string | null {
  const [words = ''] = text.split(/^-+ (?:Native|JavaScript) stack trace -+$/mu);
  const shown = words.replaceAll(/[^\P{C}\n\t]/gu, '\uFFFD').trim();
  return shown === '' ? null : shown;
}

/** Reads streams to their ends and keeps the last `limit` characters of all of them together. */
function collect(streams: readonly (Readable | null)[], limit: number): () => string {
  let text = '';
  for (const stream of streams) {
    stream
      ?.setEncoding('utf8')
      .on('data', (chunk: string) => (text = (text + chunk).slice(-limit)));
    stream?.on('error', () => undefined); // what came before stands
  }
  return () => text;
}

import { CpwError } from '../errors.js';
import type { RecognizerPlan } from './load-recognizer.js';

/** How a model fails to fit; all of it in bytes. */
interface Room {
  readonly needed: number;
  /** What can be had once all that is idle is unloaded. */
  readonly available: number;
  /** True where `maxBytes` is what stands in the way. */
  readonly capped: boolean;
  readonly inUse: readonly { readonly path: string; readonly bytes: number }[];
}

/** A model that is not even tried: what it needs, what there is, and what would free more. */
export function noRoom({ model, replicas }: RecognizerPlan, room: Room): CpwError {
  const { needed, available, capped, inUse } = room;
  const others = inUse.map(({ path, bytes }) => `${path} (${inMiB(bytes)})`);
  const steps = [
    ...(others.length === 0 ? [] : ['close handles that are not needed']),
    ...(replicas > 1 ? ['ask for fewer replicas'] : []),
    capped ? 'raise maxBytes' : 'free memory or raise the limit of the control group',
    'take a smaller model',
  ];
  const message =
    `${model.path} needs about ${inMiB(needed)} with ${replicas} ` +
    `${replicas === 1 ? 'replica' : 'replicas'}, and ${inMiB(available)} can be had ` +
    (capped ? 'under maxBytes' : 'of memory') +
    (others.length === 0 ? '' : ` beside what is in use: ${others.join(', ')}`);
  return new CpwError('CPW_OUT_OF_MEMORY', `${message}. Next step: ${steps.join(', or ')}.`, {
    details: { needed, available, inUse },
  });
}

/** For what comes after `close()`. */
export function closedPool(): CpwError {
  return new CpwError(
    'CPW_CLOSED',
    'The pool of models is closed. Next step: make another one, or close it later.',
  );
}

/** Never seen: whoever waited has gone with a reason of his own. */
export function nobodyWaits(): CpwError {
  return new CpwError('CPW_CLOSED', 'Nobody waits for the model any more.');
}

function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

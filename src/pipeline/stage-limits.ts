import type { ErrorCode } from '../errors.js';
import type { Attempt } from './run-stage.js';
import type { RunState, StageNode } from './run-state.js';
import type { SuperviseOptions } from './supervise.js';

/** Bytes of a second of film at 20 Mbit/s: what nobody has measured is at least that long. */
const mostBytesPerSecond = 2_500_000;

/** Whose hanging is a program's, not an engine's. */
const byPrograms = ['demux', 'mux'];

/** How an attempt at a stage is watched. */
export function supervisionOf(run: RunState, { node, clock }: Attempt): SuperviseOptions {
  const { stallS, stopGraceS, stageTimeoutS, stageTimeoutFactor } = run.faults;
  const { id } = node.plan.stage;
  const code: ErrorCode = byPrograms.includes(id)
    ? 'CPW_MEDIA_TOOL_FAILED'
    : 'CPW_INFERENCE_FAILED';
  const limitS = (): number => stageTimeoutS + stageTimeoutFactor * mediaSeconds(run);
  return {
    subject: id,
    code,
    signal: run.signal,
    stallS,
    stopGraceS,
    ...(stageTimeoutS > 0 ? { limitS } : {}),
    signs: () => clock.signs,
    isWaiting: () => clock.isWaiting,
    onAbandoned: () => {
      run.emit({ type: 'warning', stage: id, message: 'did not stop and is left behind' });
      run.onAbandoned();
    },
  };
}

/** Seconds of media as far as they are known: limits grow with what is known, and never shrink. */
function mediaSeconds({ nodes, media }: RunState): number {
  const bySize = media.stamp.bytes / mostBytesPerSecond;
  return media.durationS ?? Math.max(bySize, ...nodes.map(({ mediaS }) => mediaS));
}

/** Takes from a stage's news how long the media is. */
export function noteMedia(
  node: StageNode,
  {
    fraction = 1,
    audioS = 0,
  }: { readonly fraction?: number | undefined; readonly audioS?: number | undefined },
): void {
  node.mediaS = Math.max(node.mediaS, audioS / Math.max(fraction, 0.01));
}

import { startProgram, type ProgramEnd, type ProgramLines } from './program.js';

/** What ffmpeg says where the disk is full; some versions end with status 0 all the same. */
export const fullDiskWords = /No space left on device|Disk quota exceeded|File too large/iu;

/** How a run of the muxer ended, and what it said. */
export interface MuxerEnd extends ProgramEnd {
  readonly said: ProgramLines;
}

/** Runs ffmpeg to its end. Rejects with the signal's reason once the process is gone. */
export async function runMuxer(
  ffmpeg: string,
  args: readonly string[],
  context: {
    readonly durationS?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((fraction: number) => void) | undefined;
  },
): Promise<MuxerEnd> {
  const { signal, durationS = 0, onProgress } = context;
  signal?.throwIfAborted();
  const program = startProgram(ffmpeg, args, { watch: fullDiskWords });
  const onAbort = (): void => void program.stop();
  signal?.addEventListener('abort', onAbort, { once: true });
  let failure: { readonly error: unknown } | undefined;
  try {
    await report(program.stdout, durationS, onProgress).catch((error: unknown) => {
      // Where the callback throws; a pipe that an abort broke is told as the abort.
      if (signal?.aborted !== true) failure = { error };
    });
    if (failure) await program.stop();
    const end = await program.ended;
    signal?.throwIfAborted();
    if (failure) throw failure.error;
    return { ...end, said: program.said };
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** ffmpeg's -progress lines as a share of the duration, never falling, below 1 until it has ended. */
async function report(
  stdout: AsyncIterable<unknown>,
  durationS: number,
  onProgress: ((fraction: number) => void) | undefined,
): Promise<void> {
  let last = 0;
  for await (const chunk of stdout) {
    const times = [...String(chunk).matchAll(/^out_time_us=(\d+)$/gmu)];
    const us = Number(times.at(-1)?.[1] ?? 0);
    const fraction = durationS > 0 ? Math.min(us / 1e6 / durationS, 0.99) : 0;
    if (fraction <= last) continue;
    last = fraction;
    onProgress?.(fraction);
  }
}

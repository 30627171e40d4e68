/** Milliseconds that are left for standard output to be read. */
const lastWordsMs = 2000;

/**
 * Lets the process end although something that was told to stop still runs, such as a call that a
 * driver holds. Without such a thing the process ends by itself and before.
 */
export function endWithout({ abandoned }: { readonly abandoned: number }): void {
  if (abandoned === 0) return;
  // oxlint-disable-next-line unicorn/no-process-exit -- what holds the process can be held by nothing else
  setTimeout(() => process.exit(), lastWordsMs).unref();
}

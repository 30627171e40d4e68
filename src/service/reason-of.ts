/** Why something failed, in words: of an error that wraps another one, as fetch throws, the inner one's. */
export function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}

/** A message of ours and the step it ends with. */
export function splitNext(message: string): [what: string, next: string | undefined] {
  const [what = '', next] = message.split(/\s*Next step: /u);
  return [what, next];
}

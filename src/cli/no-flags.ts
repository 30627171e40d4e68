/**
 * Options whose own names begin with `no`. yargs would read `--no-speech-threshold 1` as the switch
 * `speech-threshold`, off; so they pass it under another name.
 */
export const flagsNamedNo: readonly string[] = ['no-repeat-ngram-size', 'no-speech-threshold'];

const mark = 'value:';

/** The words as yargs is to see them. */
export function hideNoFlags(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((word, index) => {
    if (end !== -1 && index > end) return word;
    const [flag = ''] = word.split('=', 1);
    return flag.startsWith('--') && flagsNamedNo.includes(flag.slice(2))
      ? `--${mark}${word.slice(2)}`
      : word;
  });
}

/** What yargs found, under the flags' own names again. */
export function restoreNoFlags<Found extends object>(found: Found): Found {
  const restored: object = Object.fromEntries(
    Object.entries(found).map(([key, value]: [string, unknown]) => [
      key.startsWith(mark) ? key.slice(mark.length) : key,
      value,
    ]),
  );
  // The same type: only names that yargs does not declare have changed.
  return restored as Found;
}

/**
 * A term's translation in the case in which the term was found: ALL CAPS and Capitalised where the
 * term itself is written otherwise, else as the glossary has it.
 */
export function inCaseOf(
  target: string,
  { found, source, language }: { found: string; source: string; language: string },
): string {
  if (found === source) return target;
  const letters = found.match(/\p{L}/gu) ?? [];
  const isCapitals = letters.length > 1 && found === found.toUpperCase() && hasCase(found);
  if (isCapitals && source !== source.toUpperCase()) return target.toLocaleUpperCase(language);
  const [first = ''] = found;
  const [own = ''] = source;
  const isCapitalised = hasCase(first) && first === first.toUpperCase();
  return isCapitalised && own !== own.toUpperCase() ? capitalised(target, language) : target;
}

/** The text with its first letter as a capital. */
function capitalised(text: string, language: string): string {
  const [first = '', ...rest] = text;
  return `${first.toLocaleUpperCase(language)}${rest.join('')}`;
}

function hasCase(text: string): boolean {
  return text.toLowerCase() !== text.toUpperCase();
}

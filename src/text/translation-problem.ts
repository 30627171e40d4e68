import type { TranslationProblem } from '../types.js';

/** What has no words in it, a number or a note of music, is its own translation. */
export function isTranslation(problem: TranslationProblem | undefined): boolean {
  return problem === undefined || problem === 'nothing-to-translate';
}

import type { ModelWish } from './choose-format.js';
import type { ModelFormat } from './layout.js';

/** One step towards a form that is missing. */
export type FetchStep =
  | { readonly step: 'fetch'; readonly format: 'ctranslate2' | 'ggml' }
  /** Made from the installed float16 folder, without a network. */
  | { readonly step: 'make'; readonly format: 'ctranslate2-int8' | 'ggml' };

/** What is installed of a model, and what its hub has. */
export interface Supply {
  readonly installed: readonly ModelFormat[];
  readonly published: readonly ('ctranslate2' | 'ggml')[];
}

/**
 * What is missing for a wish. Whatever is installed and fits is taken; else
 * - whisper (asked for, on metal, or for one of ggml's number formats): the ggml file, made from
 *   the CTranslate2 folder where that is installed, so that one download serves both engines;
 * - else the float16 folder, and for int8 on a cpu the int8 form made from it, which loads faster.
 */
export function planFetch(
  { engine, device, computeType }: ModelWish,
  supply: Supply,
): readonly FetchStep[] {
  const { installed } = supply;
  const whisperOnly = device === 'metal' || /^q\d/.test(computeType);
  if (engine === 'whisper' || (engine === 'auto' && whisperOnly)) return forWhisper(supply);
  if (engine === 'auto' && installed.length > 0) return [];
  if (installed.some((format) => format !== 'ggml')) return [];
  if (!supply.published.includes('ctranslate2')) return engine === 'auto' ? forWhisper(supply) : [];
  const int8 = device === 'cpu' && ['auto', 'int8', 'int8_float32'].includes(computeType);
  return [
    { step: 'fetch', format: 'ctranslate2' },
    ...(int8 ? [{ step: 'make', format: 'ctranslate2-int8' } as const] : []),
  ];
}

function forWhisper({ installed, published }: Supply): readonly FetchStep[] {
  if (installed.includes('ggml')) return [];
  const make = { step: 'make', format: 'ggml' } as const;
  if (installed.includes('ctranslate2')) return [make];
  if (published.includes('ggml')) return [{ step: 'fetch', format: 'ggml' }];
  if (published.includes('ctranslate2')) return [{ step: 'fetch', format: 'ctranslate2' }, make];
  return [];
}

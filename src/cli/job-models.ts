import type { RecognizerOptions } from '../options/recognizer.js';
import type { CommandContext } from './command.js';
import { modelOptionsOf } from './library.js';
import { modelStates, translationModelState, type ModelState } from './model-state.js';

/** The models that a job's stages load. */
export interface JobModels {
  readonly recognizer: string;
  /** Absent where nothing is translated. */
  readonly translator?: string | undefined;
  readonly vad: boolean;
}

/** Says of each model that a job needs whether it is there; loads, fetches and writes nothing. */
export async function jobModelStates(
  { recognizer: model, translator, vad }: JobModels,
  options: RecognizerOptions & { readonly download: 'auto' | 'never' },
  { general }: Pick<CommandContext, 'general'>,
): Promise<readonly ModelState[]> {
  const parsed = modelOptionsOf(options, general);
  const mayFetch = parsed.download === 'auto';
  const { recognizer, detector } = await modelStates({ model, options: parsed, vad, mayFetch });
  const { modelsDir } = parsed;
  return [
    recognizer,
    ...(detector === undefined ? [] : [detector]),
    ...(translator === undefined
      ? []
      : [await translationModelState(translator, { modelsDir, mayFetch })]),
  ];
}

import { installedModels } from 'cpw-native';
import { alias, modelId } from './openai/models.js';
import { Refusal } from './server/refusal.js';
import type { ServedModel } from './service.js';

/**
 * The model that a request means: the served one, or one that is installed, by its name. No name of
 * a request is ever looked for on the disk, and nothing is fetched for it.
 */
export async function modelOf(
  served: ServedModel,
  asked: string | undefined,
  {
    also = [],
    param = 'model',
  }: { readonly also?: readonly string[]; readonly param?: string } = {},
): Promise<string> {
  if (asked === undefined || isServed(served, asked)) return served.model;
  const { modelsDir } = served.options;
  const installed = await installedModels(typeof modelsDir === 'string' ? modelsDir : undefined);
  const names = [modelId(served), ...installed.map(({ name }) => name), ...also];
  if (names.includes(asked)) return asked;
  throw new Refusal(
    'model_not_found',
    `The server has no model ${JSON.stringify(asked.slice(0, 100))}. ` +
      `Next step: name one of its models (${[...new Set(names)].join(', ')}), or none.`,
    { param },
  );
}

/** True where a request means the served model, by whichever of its names, or none. */
export function isServed(served: ServedModel, asked: string | undefined): boolean {
  return asked === undefined || asked === modelId(served) || asked === alias;
}

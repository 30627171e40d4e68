import { basename, extname } from 'node:path';
import { z } from 'zod';
import { errorResponses } from '../server/error-answer.js';
import type { ServicePart } from '../server/app.js';
import { Refusal } from '../server/refusal.js';
import type { ServedModel } from '../service.js';

/** What clients of OpenAI call the model where they know no other. */
export const alias = 'whisper-1';

const modelSchema = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    created: z.int().describe('When it was loaded, in s since 1970'),
    owned_by: z.string(),
  })
  .meta({ id: 'Model' });

/** The name of the served model; of one that was given by its path, the file's. */
export function modelId({ model }: Pick<ServedModel, 'model'>): string {
  const file = basename(model);
  return file === model ? model : basename(file, extname(file) === '.bin' ? '.bin' : '');
}

/** Throws the refusal of a model that is not served. */
export function requireModel(given: string, served: Pick<ServedModel, 'model'>): void {
  const id = modelId(served);
  if (given === id || given === alias) return;
  throw new Refusal(
    'model_not_found',
    `The model ${JSON.stringify(given.slice(0, 100))} is not served here. ` +
      `Next step: ask for ${id} (or ${alias}, which stands for it).`,
    { param: 'model' },
  );
}

/** GET /v1/models */
export const modelsPart: ServicePart = (app, { served }) => {
  const created = Math.floor(Date.now() / 1000);
  const modelOf = (id: string): z.output<typeof modelSchema> => ({
    id,
    object: 'model',
    created,
    owned_by: 'cpw-native',
  });
  const list = z.object({ object: z.literal('list'), data: z.array(modelSchema) });
  app.get(
    '/v1/models',
    {
      schema: {
        summary: 'Models that are served',
        response: { 200: list, ...errorResponses(401) },
      },
    },
    () => ({ object: 'list', data: [modelOf(modelId(served)), modelOf(alias)] }),
  );
  app.get<{ Params: { model: string } }>(
    '/v1/models/:model',
    {
      schema: {
        summary: 'A model that is served',
        params: z.object({ model: z.string() }),
        response: { 200: modelSchema, ...errorResponses(401, 404) },
      },
    },
    ({ params: { model } }) => {
      requireModel(model, served);
      return modelOf(model);
    },
  );
};

import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { version } from '../version.js';

/** Makes the schemas of routes check requests, write answers, and describe both at /openapi.json. */
export async function describeRoutes(
  app: FastifyInstance,
  { keys }: { readonly keys: boolean },
): Promise<void> {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'cpw-native',
        version,
        description: "Speech recognition over HTTP, with OpenAI's routes for audio.",
      },
      ...(keys
        ? {
            components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
            security: [{ key: [] }],
          }
        : {}),
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get('/openapi.json', { schema: { hide: true }, config: { open: true } }, () => app.swagger());
}

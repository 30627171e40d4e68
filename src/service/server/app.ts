import swagger from '@fastify/swagger';
import { fastify, type FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { Service } from '../service.js';

/** One part of the server: its routes and what they need. */
export type ServicePart = (app: FastifyInstance, service: Service) => Promise<void> | void;

/** Every part, in the order in which they are added. */
const parts: readonly ServicePart[] = [];

/** The server of a service, which listens nowhere yet. */
export async function createApp(service: Service): Promise<FastifyInstance> {
  const app = fastify({ loggerInstance: service.logger });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'cpw-native', version: '0.1.0' } },
    transform: jsonSchemaTransform,
  });
  for (const part of parts) await part(app, service);
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app;
}

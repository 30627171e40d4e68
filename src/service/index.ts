export { serve, type ServeContext, type ServeRequest } from './serve.js';
export type { ServedModel, Service, ServiceNews } from './service.js';

export { serve, type ServeContext, type ServeRequest } from './serve.js';
export type { QueueState, ServedModel, Service, ServiceNews } from './service.js';

export { serve, startServer } from './serve.js';
export type { RunningServer, ServeContext, ServeRequest } from './serve.js';
export type { QueueState, ServedModel, Service, ServiceNews } from './service.js';
export { watchRuns, type JobWatch, type RunWatch } from './watch-runs.js';

import type { ServicePart } from '../server/app.js';
import { createNotifier } from './notifier.js';

/** Tells of the jobs of a server that fail. */
export const notifyPart: ServicePart = (app, { notices, news, logger }) => {
  if (notices?.options.notificationsEnabled !== true) return;
  const notifier = createNotifier(notices, { logger });
  const telling = new Set<Promise<void>>();
  news.on('job', ({ state, id: job, error }) => {
    if (state !== 'failed') return;
    const nextStep = `GET /v1/jobs/${job} of the server tells of it; who sent it can send it again`;
    const told = notifier.jobFailed({ job, error, nextStep });
    telling.add(told);
    void told.finally(() => telling.delete(told));
  });
  app.addHook('onClose', async () => {
    await Promise.all(telling);
    notifier.close();
  });
};

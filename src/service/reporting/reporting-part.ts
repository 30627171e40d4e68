import type { ServicePart } from '../server/app.js';

/** Reports what fails in a server, where somebody takes reports. */
export const reportingPart: ServicePart = async (app, { reporting, news }) => {
  if (reporting === undefined) return;
  const { openErrorReports } = await import('./error-reports.js');
  const reports = await openErrorReports(reporting);
  news.on('job', ({ state, id, workflow, error }) => {
    if (state === 'accepted') return;
    if (state === 'running') return reports.jobBegan({ id, workflow });
    reports.jobEnded(id, state);
    if (state === 'failed') void reports.jobFailed({ job: id, error });
  });
  news.on('transcription', (event) => {
    if (event.state === 'failed') reports.report(event.error);
  });
  app.addHook('onClose', () => reports.close());
};

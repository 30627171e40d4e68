// Runs a workflow by the API in a process of its own, to be watched and killed, and tells its events
// as the command line does: run-workflow.mjs <workflow> <input> <jobsDir> <options> [--resume]
import { Pipeline } from 'cpw-native';

const [workflow, input, jobsDir, options, wish] = process.argv.slice(2);
const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const pipeline = new Pipeline({ jobsDir });
try {
  const wanted = { workflow, input, options: JSON.parse(options) };
  const found = wish === '--resume' ? await pipeline.newest(wanted) : undefined;
  const job = found ?? (await pipeline.create(wanted));
  tell({ type: 'job', folder: job.folder });
  const onEvent = (event) =>
    tell(event.type === 'progress' ? { ...event, type: 'stage-progress' } : event);
  await pipeline.resume(job, { onEvent, options: wanted.options });
} catch (error) {
  const { code, stage, message } = error;
  tell({ type: 'error', code, stage, message });
  process.exitCode = 1;
} finally {
  await pipeline.close();
}

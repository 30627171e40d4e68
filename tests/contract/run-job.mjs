// A process that runs a job with scripted engines, to be killed: run-job.mjs <jobsDir> <job>
import { Pipeline } from 'cpw-native';
import { scriptedEngines } from '../helpers/scripted-engines.mjs';

const [jobsDir, job, windowMs = '5', wish] = process.argv.slice(2);
const { engines } = scriptedEngines({ windowMs: Number(windowMs) });
const pipeline = new Pipeline({ jobsDir, engines });
const onEvent = (event) => {
  if (event.type !== 'progress') process.stdout.write(`${JSON.stringify(event)}\n`);
};
try {
  await pipeline.resume(job, { onEvent });
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ type: 'error', code: error.code, message: error.message })}\n`,
  );
  process.exitCode = 1;
} finally {
  await pipeline.close();
}
if (wish === '--peak') {
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ peakMb })}\n`);
}

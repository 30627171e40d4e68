// A process that makes jobs and prints their ids: make-jobs.mjs <jobsDir> <count>. It says `ready`
// and begins when it is told anything, so that several begin at once.
import { once } from 'node:events';
import { Pipeline } from 'cpw-native';

const [jobsDir, count] = process.argv.slice(2);
const pipeline = new Pipeline({ jobsDir });
process.stdout.write('ready\n');
await once(process.stdin, 'data');
for (let made = 0; made < Number(count); made += 1) {
  const { request } = await pipeline.create({ workflow: 'transcribe', input: 'film.mp4' });
  process.stdout.write(`${request.id}\n`);
}
await pipeline.close();
process.stdin.destroy();

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { createJob } from '../../src/pipeline/job.js';
import { ffmpeg } from '../helpers/media.js';

const program = fileURLToPath(new URL('../contract/run-job.mjs', import.meta.url));

/** MB at the peak of a process that runs a film of this length through the pipeline. */
async function peakMb(folder: string, seconds: number): Promise<number> {
  const media = join(folder, `${seconds}.m4a`);
  const sound = `sine=frequency=220:sample_rate=16000:duration=${seconds}`;
  await ffmpeg('-f', 'lavfi', '-i', sound, '-c:a', 'aac', '-b:a', '16k', media);
  const jobsDir = join(folder, 'jobs');
  const options = { asr: { transcribe: { wordTimestamps: true } } };
  const job = await createJob(jobsDir, { workflow: 'transcribe', input: media, options });
  const args = [program, jobsDir, job.request.id, '0', '--peak'];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const { peakMb: peak } = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as {
    peakMb: number;
  };
  writeFileSync(media, '');
  return peak;
}

// The forerunner read all of the sound into memory: half an hour crashed it.
void t.test('when a film lasts three hours, memory is that of ten minutes', async (t) => {
  const folder = t.testdir();
  const short = await peakMb(folder, 600);
  const long = await peakMb(folder, 10_800);
  t.comment(`${short.toFixed(0)} MB for 10 min, ${long.toFixed(0)} MB for 3 h`);
  // Without a model there is little to compare with; 3 h of sound in memory would be 690 MB.
  t.ok(long < short + 100, `${long.toFixed(0)} MB`);
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { Pipeline, type RunContext } from '../../src/pipeline/pipeline.js';
import type { JobResult } from '../../src/pipeline/run-job.js';
import type { Transcript } from '../../src/types.js';
import { audioPath } from '../helpers/audio.js';
import { ffmpeg } from '../helpers/media.js';
import { modelsDir } from '../helpers/models.js';

const folder = t.testdir();
const list = join(folder, 'list.txt');
const parts = ['en-alice', 'en-declaration', 'en-gettysburg'].map((name) =>
  audioPath(`${name}.flac`),
);
writeFileSync(list, parts.map((path) => `file '${path}'\n`).join(''));
const film = join(folder, 'film.m4a');
await ffmpeg('-f', 'concat', '-safe', '0', '-i', list, '-c:a', 'aac', '-b:a', '96k', film);

const pipeline = new Pipeline({ jobsDir: join(folder, 'jobs') });
t.teardown(() => pipeline.close());
const options = {
  asr: {
    model: 'tiny.en',
    recognizer: { ...modelsDir, download: 'never' },
    transcribe: { wordTimestamps: true },
  },
  vad: { recognizer: { ...modelsDir, download: 'never' } },
};
const run = (context: RunContext = {}): Promise<JobResult> =>
  pipeline.run({ workflow: 'transcribe', input: film, options }, context);

function transcriptOf({ job, stages }: JobResult): Transcript {
  const path = stages.get('alignment')?.outputs[0]?.path ?? '';
  return parseTranscript(readFileSync(join(job.folder, path), 'utf8'));
}

void t.test(
  'when a run is broken off in the middle, the rest is what it would have been',
  async (t) => {
    const whole = transcriptOf(await run());
    const stop = new AbortController();
    const onEvent: RunContext['onEvent'] = (event) => {
      if (event.type !== 'progress' || event.stage !== 'asr') return;
      const [job] = found;
      if (job !== undefined && existsSync(join(job, '.checkpoints', 'asr.json'))) {
        stop.abort(new Error('enough'));
      }
    };
    const found: string[] = [];
    const job = await pipeline.create({ workflow: 'transcribe', input: film, options });
    found.push(job.folder);
    await t.rejects(pipeline.resume(job, { onEvent, signal: stop.signal }), { message: 'enough' });
    const result = await pipeline.resume(job);
    t.match(result.stages.get('asr')?.warnings, [/goes on at \d/u]);
    const again = transcriptOf(result);
    t.equal(again.duration, whole.duration);
    t.strictSame(again.segments, whole.segments, 'to the letter');
  },
);

import t from 'tap';
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { loggerOptions } from '../../src/cli/log-lines.js';
import { logLineSchema } from '../../src/cli/log-schema.js';
import { audioPath } from '../helpers/audio.js';
import { startTestServer } from '../helpers/server.js';

const key = 'sk-a-key-of-the-test';

t.test(
  'when requests are served, their lines keep the schema, and hold no key and no word',
  async (t) => {
    const lines: string[] = [];
    const options = loggerOptions({ level: 'debug', secrets: [key], logTranscripts: false });
    const logger = pino(options, { write: (line: string) => void lines.push(line) });
    const { url } = await startTestServer(t, { apiKeys: [key], logger });
    const form = new FormData();
    form.set('file', new Blob([await readFile(audioPath('jfk.wav'))]), 'jfk.wav');
    form.set('model', 'tiny.en');
    form.set('prompt', 'presidents of old');
    const headers = { authorization: `Bearer ${key}`, 'x-request-id': 'of-the-test' };
    const route = `${url}/v1/audio/transcriptions?api_key=${key}`;
    const answer = await fetch(route, { method: 'POST', body: form, headers });
    t.equal(answer.status, 200, await answer.text());
    const wrong = { authorization: 'Bearer sk-not-the-key' };
    t.equal((await fetch(`${url}/v1/models`, { headers: wrong })).status, 401);
    const all = lines.join('');
    t.notMatch(all, /sk-|country|americans|presidents/iu);
    const parsed = lines.map((line) => logLineSchema.parse(JSON.parse(line)));
    const end = parsed.find(({ msg }) => msg === 'Processing complete');
    t.match(end, {
      stage: 'asr',
      correlation_id: 'of-the-test',
      duration_seconds: Number,
      audio_seconds: 11,
      segments_count: Number,
    });
  },
);

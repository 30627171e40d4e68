import { readdir, readFile } from 'node:fs/promises';
import OpenAI from 'openai';
import { audioPath } from './audio.js';
import type { TestServer } from './server.js';

/** What is spoken in jfk.wav. */
export const jfkText =
  'and so my fellow americans ask not what your country can do for you ask what you can do for ' +
  'your country';

/** OpenAI's client for a test's server; it tries nothing again. */
export const clientOf = ({ url }: Pick<TestServer, 'url'>, apiKey = 'none') =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

/** Sends a form as a browser does. */
export const postForm = async (
  url: string,
  fields: Readonly<Record<string, string | Blob | readonly string[]>>,
  path = '/v1/audio/transcriptions',
): Promise<{ status: number; headers: Headers; error: Record<string, string | null> }> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string') form.append(name, one);
      else form.append(name, one as Blob, 'audio.wav');
    }
  }
  const answer = await fetch(url + path, { method: 'POST', body: form });
  const { error = {} } = (await answer.json()) as { error?: Record<string, string | null> };
  return { status: answer.status, headers: answer.headers, error };
};

/** jfk.wav as a form takes it. */
export const jfkFile = async (): Promise<Blob> => new Blob([await readFile(audioPath('jfk.wav'))]);

/** The uploads that lie on the disk. */
export const uploadsOf = ({ service }: TestServer): Promise<string[]> =>
  readdir(service.uploads.path);

/** Asks again and again, for as long as the test may take. */
export async function until<T>(ask: () => T | Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

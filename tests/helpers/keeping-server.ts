import { gunzipSync } from 'node:zlib';
import type { Test } from 'tap';
import { localServer } from './local-server.js';

/** A server until the test ends that keeps the bodies it is sent, unpacked. */
export async function keepingServer(
  t: Pick<Test, 'teardown'>,
): Promise<{ readonly url: string; readonly bodies: string[] }> {
  const bodies: string[] = [];
  const { url } = await localServer(t, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      bodies.push(plain.toString('utf8'));
      response.end('{}');
    });
  });
  return { url, bodies };
}

/** The DSN of a Sentry that a server stands in for. */
export const dsnOf = (url: string): string => `${url.replace('//', '//key@')}/1`;

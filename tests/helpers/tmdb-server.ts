import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request meets with. */
export interface TmdbAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is, in the place of `body`. */
  readonly raw?: string;
  /** Sends this much of a body and cuts the connection. */
  readonly cut?: string;
  /** Takes the request and never answers; what is called when it has come. */
  readonly hang?: () => void;
  /** Sends a body without an end. */
  readonly endless?: boolean;
}

/** A server on 127.0.0.1 in the place of TMDB. */
export interface TmdbServer {
  readonly endpoint: string;
  /** Path and query of each request, and its authorization. */
  readonly requests: readonly {
    readonly url: string;
    readonly authorization: string | undefined;
  }[];
  /** The next answers of a path, one each; the last one stays. */
  on(path: string, ...answers: readonly TmdbAnswer[]): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a server that answers 404 to what it was not told of. */
export async function startTmdb(): Promise<TmdbServer> {
  const answers = new Map<string, TmdbAnswer[]>();
  const requests: { url: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    requests.push({ url, authorization: request.headers.authorization });
    const path = url.replace(/\?.*$/u, '').replace(/^\/3/u, '');
    const language = new URL(url, 'http://x').searchParams.get('language');
    const list = answers.get(`${path}?${language}`) ?? answers.get(path) ?? [{ status: 404 }];
    send(response, (list.length > 1 ? list.shift() : list[0]) ?? {});
  });
  // A test file ends when nothing is left to wait for.
  server.unref().on('connection', (socket) => socket.unref());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/3`,
    requests,
    on: (path, ...list) => void answers.set(path, [...list]),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, answer: TmdbAnswer): void {
  const { status = 200, headers = {}, body = {}, raw, cut, hang, endless } = answer;
  if (hang) return hang();
  if (cut !== undefined) {
    response.writeHead(status, { 'content-length': cut.length + 100 });
    response.write(cut, () => response.socket?.destroy());
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  if (endless !== true) {
    response.end(raw ?? JSON.stringify(body));
    return;
  }
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

/** Who plays whom in a film, in English; then who made it, and the cast in Hindi as far as TMDB has it. */
export const cast = [
  { id: 2, name: 'Gwyneth Paltrow', order: 1, character: 'Pepper Potts' },
  { id: 1, name: 'Robert Downey Jr.', order: 0, character: 'Tony Stark / Iron Man (voice)' },
  { id: 3, name: 'Stan Lee', order: 9, character: 'Himself' },
];
export const crew = [
  { id: 7, name: 'Jon Favreau', job: 'Director' },
  { id: 8, name: 'A Gaffer', job: 'Gaffer' },
];
export const hindi = [
  { id: 1, name: 'रॉबर्ट डाउनी जूनियर', order: 0, character: 'टोनी स्टार्क / आयरन मैन' },
  { id: 2, name: 'Gwyneth Paltrow', order: 1, character: 'Pepper Potts' },
];

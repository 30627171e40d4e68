import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** What the next request of a path meets with, instead of the file. */
export interface Mishap {
  /** Closes the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Sends so many bytes of the body and then nothing, with the connection open. */
  readonly stallAfter?: number;
  /** Names this as the length of the body. */
  readonly claimedLength?: number;
  /** Answers with a status and no file. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the whole file whatever was asked. */
  readonly ignoresRange?: boolean;
  /** Sends these bytes instead, with the metadata of the file. */
  readonly body?: Buffer;
  /** Sends no length, in chunks. */
  readonly chunked?: boolean;
  /** Answers a range with another beginning. */
  readonly shiftsRange?: boolean;
}

/** One request as it came. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The status it was answered with. */
  readonly status: number;
}

interface ServedFile {
  readonly body: Buffer;
  readonly etag: string | undefined;
  readonly linked: boolean;
  readonly redirect: string | undefined;
}

/** A model hub on 127.0.0.1. */
export interface HubServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Serves a file; `linked` as the hub does with large ones, whose hash stands in a header. */
  serve(path: string, body: Buffer | string, options?: Partial<Omit<ServedFile, 'body'>>): void;
  /** The next requests of a path meet with these, one each. */
  next(path: string, ...mishaps: readonly Mishap[]): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a hub that serves what the test gives it. */
export async function startHub(): Promise<HubServer> {
  const files = new Map<string, ServedFile>();
  const mishaps = new Map<string, Mishap[]>();
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
    const status = answer(request, response, {
      file: files.get(path),
      mishap: mishaps.get(path)?.shift() ?? {},
    });
    requests.push({ path, headers: request.headers, status });
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    requests,
    serve: (path, body, options = {}) => {
      const bytes = Buffer.from(body);
      const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
      files.set(path, { etag, linked: false, redirect: undefined, ...options, body: bytes });
    },
    next: (path, ...list) => void mishaps.set(path, [...list]),
    [Symbol.asyncDispose]: () => stop(server),
  };
}

/** A forward proxy that counts the tunnels it opened. */
export async function startProxy(): Promise<{
  readonly url: string;
  readonly tunnels: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    tunnels.push(request.url ?? '');
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(client);
      client.pipe(target);
    });
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  const dispose = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await stop(server);
  };
  return { url, tunnels, [Symbol.asyncDispose]: dispose };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { file, mishap }: { file: ServedFile | undefined; mishap: Mishap },
): number {
  if (file === undefined || mishap.status !== undefined) {
    const status = mishap.status ?? 404;
    response.writeHead(status, mishap.headers).end('no file');
    return status;
  }
  const { body, etag, linked, redirect } = file;
  const hash = createHash('sha256').update(body).digest('hex');
  const metadata = linked ? { 'x-linked-etag': `"${hash}"`, 'x-linked-size': body.length } : {};
  if (redirect !== undefined) {
    response.writeHead(302, { location: redirect, ...metadata }).end();
    return 302;
  }
  const sent = mishap.body ?? body;
  const start = mishap.ignoresRange ? 0 : rangeStart(request, etag);
  const headers = { ...metadata, ...(etag !== undefined && { etag }), ...mishap.headers };
  if (start > sent.length - 1 && start > 0) {
    response.writeHead(416, headers).end();
    return 416;
  }
  const rest = sent.subarray(mishap.shiftsRange ? start - 1 : start);
  const status = start > 0 ? 206 : 200;
  const from = mishap.shiftsRange ? start - 1 : start;
  response.writeHead(status, {
    ...headers,
    ...(!mishap.chunked && { 'content-length': mishap.claimedLength ?? rest.length }),
    ...(start > 0 && { 'content-range': `bytes ${from}-${sent.length - 1}/${sent.length}` }),
  });
  sendBody(response, rest, mishap);
  return status;
}

function sendBody(response: ServerResponse, rest: Buffer, mishap: Mishap): void {
  const { cutAfter, stallAfter } = mishap;
  if (stallAfter !== undefined) response.write(rest.subarray(0, stallAfter));
  else if (cutAfter === undefined) response.end(rest);
  else {
    response.write(rest.subarray(0, cutAfter), () => response.socket?.end());
  }
}

/** 0 without a range, and where the file is not the one of the part any more. */
function rangeStart({ headers }: IncomingMessage, etag: string | undefined): number {
  const { range, 'if-range': ifRange } = headers;
  if (ifRange !== undefined && ifRange !== etag) return 0;
  return Number(/^bytes=(\d+)-$/u.exec(range ?? '')?.[1] ?? 0);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

import t from 'tap';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { startTestServer } from '../helpers/server.js';

interface Told {
  readonly error: { readonly message: string; readonly type: string; readonly code: string };
}

const told = async (answer: Response): Promise<Told> => (await answer.json()) as Told;

t.test('when a path is unknown, the error has the shape of OpenAI and an id', async (t) => {
  const { url } = await startTestServer(t);
  const answer = await fetch(`${url}/v2/none?key=secret`, { headers: { 'x-request-id': 'my-id' } });
  t.equal(answer.status, 404);
  t.equal(answer.headers.get('x-request-id'), 'my-id');
  t.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  t.equal(answer.headers.get('access-control-allow-origin'), null);
  t.match(await told(answer), {
    error: { type: 'invalid_request_error', code: 'not_found', message: /GET \/v2\/none here/u },
  });
  const other = await fetch(`${url}/%`, { headers: { 'x-request-id': 'with spaces in it' } });
  t.equal(other.status, 400);
  t.match(other.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/u, 'an id that fits no log');
});

t.test('when keys are configured, only who sends one of them is served', async (t) => {
  const { url } = await startTestServer(t, { apiKeys: ['first-key', 'second-key'] });
  const statusWith = async (authorization?: string): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization };
    return (await fetch(`${url}/v2/none`, { headers })).status;
  };
  t.equal(await statusWith(), 401);
  t.equal(await statusWith('Bearer third-key'), 401);
  t.equal(await statusWith('Basic first-key'), 401);
  t.equal(await statusWith('Bearer second-key'), 404, 'served, and not found');
  const refused = await fetch(`${url}/v2/none`);
  t.equal(refused.headers.get('www-authenticate'), 'Bearer');
  t.match(await told(refused), { error: { code: 'invalid_api_key' } });
  const open = await fetch(`${url}/openapi.json`);
  t.equal(open.status, 200, 'the description of the interface is open');
});

t.test('when a foreign web page asks without a key, it is refused', async (t) => {
  const { url } = await startTestServer(t, { options: { corsOrigins: ['https://mine.example'] } });
  const statusFrom = async (headers: Record<string, string>): Promise<number> => {
    const asked = httpRequest(`${url}/openapi.json`, { headers });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
    answer.resume();
    return answer.statusCode ?? 0;
  };
  t.equal(await statusFrom({ origin: 'https://evil.example' }), 403);
  t.equal(await statusFrom({ origin: 'null' }), 403);
  t.equal(await statusFrom({ origin: url }), 200, 'a page of its own');
  t.equal(await statusFrom({ origin: 'https://mine.example' }), 200, 'a page that may');
  t.equal(await statusFrom({ host: 'rebound.example' }), 403, 'a name that leads here');
  const asked = await fetch(`${url}/v1/models`, {
    method: 'OPTIONS',
    headers: { origin: 'https://mine.example', 'access-control-request-method': 'POST' },
  });
  t.equal(asked.status, 204);
  t.equal(asked.headers.get('access-control-allow-origin'), 'https://mine.example');
});

t.test('when what comes is not HTTP, it is answered and the connection closed', async (t) => {
  const { url } = await startTestServer(t);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('this is not HTTP\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  t.match(text, /^HTTP\/1\.1 400 .*malformed_request/su);
});

t.test('when it is told to stop and nothing runs, it ends at once', async (t) => {
  const { url, stop, ended } = await startTestServer(t);
  await (await fetch(`${url}/openapi.json`)).json(); // leaves a connection that is kept alive
  stop();
  await ended;
  await t.rejects(fetch(`${url}/openapi.json`), 'nobody listens');
});

t.test(
  'when the port is taken or the model is not there, the start fails and says so',
  async (t) => {
    const { url } = await startTestServer(t);
    const port = Number(new URL(url).port);
    await t.rejects(startTestServer(t, { options: { port } }), {
      code: 'CPW_INVALID_OPTIONS',
      message: /Cannot listen on 127\.0\.0\.1, port \d+.*Next step/u,
    });
    await t.rejects(startTestServer(t, { model: 'no-such-model' }), {
      code: 'CPW_MODEL_NOT_FOUND',
    });
  },
);

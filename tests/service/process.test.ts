import t, { type Test } from 'tap';
import { createReadStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { audioPath } from '../helpers/audio.js';
import { clientOf } from '../helpers/requests.js';
import { serveProcess, type ServerProcess } from '../helpers/server-process.js';

/** A server with leftovers of one that was killed: no process has that number. */
async function serve(
  t: Test,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const folder = t.testdir();
  const left = `cpw-native-uploads-${hostname().replaceAll(/[^A-Za-z0-9]/gu, '_')}-99999999-abc`;
  await mkdir(join(folder, 'uploads', left), { recursive: true });
  return serveProcess(t, { args, env, folder });
}

const long = (url: string, key?: string) =>
  clientOf({ url }, key).audio.transcriptions.create({
    file: createReadStream(audioPath('en-alice.flac')),
    model: 'tiny.en',
    stream: true,
  });

t.test('when SIGTERM comes while it works, it answers and exits with 0', async (t) => {
  const keys = { CPW_API_KEYS: 'first-secret, second-secret' };
  const { child, url, uploads, said, end } = await serve(t, ['--host', '0.0.0.0'], keys);
  t.match(said(), /model tiny\.en: present/u, 'it says where the model is');
  t.notMatch(said(), /no key|warning/u);
  const [left, ...more] = await readdir(uploads);
  t.match(left, new RegExp(`-${child.pid}-`, 'u'), 'the leftovers are gone');
  t.same(more, []);
  await t.rejects(long(url, 'third-secret'), /401/u);
  let text = '';
  let told = false;
  for await (const event of await long(url, 'second-secret')) {
    if (!told) told = child.kill('SIGTERM');
    if (event.type === 'transcript.text.done') ({ text } = event);
  }
  t.ok(text.length > 100);
  t.same(await end, [0, null]);
  t.same(await readdir(uploads), []);
  t.match(said(), /"correlation_id":"[0-9a-f-]{36}"/u);
  t.notMatch(said(), /rabbit|\w+-secret/iu, 'no transcript and no key in the log');
});

t.test('when it serves others without a key it warns, and a second signal ends it', async (t) => {
  const { child, url, said, end } = await serve(t, ['--host', '0.0.0.0']);
  t.match(said(), /warning: whoever reaches 0\.0\.0\.0 is served.*CPW_API_KEYS/u);
  const events = await long(url);
  for await (const _event of events) break;
  child.kill('SIGTERM');
  // It drains once that has been seen: a new request is refused, or finds nobody.
  const refused = async (): Promise<void> => {
    const answer = await fetch(`${url}/v1/models`);
    if (answer.status !== 503) await refused();
  };
  await refused().catch(() => undefined);
  child.kill('SIGTERM');
  await end;
  t.pass('it has ended');
});

t.test('when the model is not there and may not be fetched, it does not start', async (t) => {
  await t.rejects(serve(t, ['--model', 'large-v3', '--offline']), {
    message: /it ended: .*large-v3.*Next step/su,
  });
});

import t from 'tap';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { WebSocket } from 'ws';
import type { Word } from 'cpw-native';
import { Agreement } from '../../src/service/live/agreement.js';
import type { ServerMessage } from '../../src/service/live/messages.js';
import { PcmReader } from '../../src/service/live/pcm.js';
import { audioPath, recordings } from '../helpers/audio.js';
import { startTestServer, type TestServer } from '../helpers/server.js';
import { wordErrorRate, wordErrors } from '../helpers/word-error-rate.js';

const wordsOf = (text: string): readonly Word[] =>
  text
    .split(' ')
    .flatMap((word, at) => (word === '' ? [] : [{ word, start: at, end: at + 1, probability: 1 }]));
const textOf = (words: readonly Word[]) => words.map(({ word }) => word).join(' ');

t.test(
  'when two decodes agree on a word and on all before it, it does not change any more',
  async (t) => {
    const agreement = new Agreement();
    const stable = (text: string) => textOf(agreement.add(wordsOf(text)).stable);
    t.equal(stable('and so'), '', 'one decode is no agreement');
    t.equal(stable('And so my'), 'And so');
    t.equal(stable('And some my fellow'), 'And so my', 'what is final stays');
    t.equal(stable('And so my fellow Americans'), 'And so my fellow');
    t.equal(
      textOf(agreement.finish(wordsOf('And so, my fellow Americans, ask'), 100)),
      'And so, my fellow Americans, ask',
      'the last decode spells and ends the sentence',
    );
  },
);

t.test('when speech is cut, words behind the cut belong to the next stretch', async (t) => {
  const agreement = new Agreement();
  for (const _ of [1, 2]) agreement.add(wordsOf('one two three four'));
  t.equal(textOf(agreement.finish(wordsOf('one too'), 2)), 'one two', 'final words stay');
  t.equal(textOf(agreement.add(wordsOf('three four five')).stable), 'three four');
});

t.test('when frames are cut inside of samples, no sample is lost', async (t) => {
  const bytes = Buffer.alloc(8);
  [1, -2, 16_384, -32_768].forEach((value, at) => bytes.writeInt16LE(value, at * 2));
  const reader = new PcmReader('pcm_s16le');
  const cuts = [bytes.subarray(0, 1), bytes.subarray(1, 5), bytes.subarray(5)];
  const read = cuts.flatMap((cut) => [...reader.read(cut)]);
  t.strictSame(read, [1 / 32_768, -2 / 32_768, 0.5, -1]);
  const floats = new PcmReader('f32le').read(Buffer.from(new Float32Array([NaN, 2, -0.25]).buffer));
  t.strictSame([...floats], [0, 1, -0.25], 'what is no sample does not reach the engine');
});

/** A client that keeps what it was sent, with the time. */
async function connect(server: TestServer) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/audio/stream`);
  const messages: { readonly at: number; readonly message: ServerMessage }[] = [];
  socket.on('message', (data: Buffer) =>
    messages.push({ at: performance.now(), message: JSON.parse(data.toString()) as ServerMessage }),
  );
  let wake = (): void => undefined;
  await once(socket, 'open');
  const until = async (type: ServerMessage['type']) => {
    while (!messages.some(({ message }) => message.type === type)) {
      if (socket.readyState === socket.CLOSED) throw new Error(`closed before ${type}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  socket.on('message', () => wake());
  socket.on('close', () => wake());
  const closed = once(socket, 'close').then(([code]) => code as number);
  return { socket, messages, until, closed };
}

const jfk = recordings('refs.json').find(({ name }) => name.startsWith('jfk'));
const headerBytes = 44;

t.test(
  'when a recording is streamed in real time, captions come within 1.5 s and are right',
  async (t) => {
    const server = await startTestServer(t);
    const { socket, messages, until, closed } = await connect(server);
    socket.send(JSON.stringify({ type: 'start', language: 'en' }));
    await until('ready');
    const pcm = (await readFile(audioPath('jfk.wav'))).subarray(headerBytes);
    const stepBytes = 3200;
    const begun = performance.now();
    await new Promise<void>((resolve) => {
      let sent = 0;
      // The clock of a microphone: 100 ms of samples every 100 ms.
      const clock = setInterval(() => {
        socket.send(pcm.subarray(sent, sent + stepBytes));
        sent += stepBytes;
        if (sent < pcm.length) return;
        clearInterval(clock);
        resolve();
      }, 100);
    });
    socket.send(JSON.stringify({ type: 'end' }));
    await until('done');
    const first = messages.find(({ message }) => message.type === 'partial');
    const finals = messages.flatMap(({ at, message }) =>
      message.type === 'final' ? [{ at, ...message.segment }] : [],
    );
    // Speech begins at 0.32 s of the recording.
    const firstS = ((first?.at ?? Infinity) - begun) / 1000 - 0.32;
    const rate = wordErrorRate(
      wordErrors(jfk?.text ?? '', finals.map(({ text }) => text).join(' ')),
    );
    const delays = finals.map(({ at, end }) => (at - begun) / 1000 - end);
    t.comment(
      `first partial ${firstS.toFixed(2)} s after speech begins, WER ${rate.toFixed(3)}, ` +
        `finals ${delays.map((one) => one.toFixed(2)).join(', ')} s after their end: ` +
        finals.map(({ text }) => text).join(' | '),
    );
    t.ok(firstS <= 1.5, 'the first partial comes in time');
    t.ok(rate <= 0.1, 'finals say what is said');
    let stable = '';
    for (const { message } of messages) {
      if (message.type === 'final') stable = '';
      if (message.type !== 'partial') continue;
      t.ok(message.stable.startsWith(stable), `stays: ${message.stable}`);
      stable = message.stable;
    }
    t.equal(await closed, 1000);
  },
);

t.test(
  'when audio comes faster than it can be heard, the sender is held up and nothing is lost',
  async (t) => {
    const server = await startTestServer(t);
    const { socket, messages, until } = await connect(server);
    socket.send(JSON.stringify({ format: 'f32le', language: 'en' }));
    const wav = (await readFile(audioPath('jfk.wav'))).subarray(headerBytes);
    const samples = new PcmReader('pcm_s16le').read(wav);
    for (let round = 0; round < 12; round += 1) {
      for (let at = 0; at < samples.length; at += 16_000) {
        const part = samples.slice(at, at + 16_000);
        socket.send(Buffer.from(part.buffer));
      }
    }
    socket.send(JSON.stringify({ type: 'end' }));
    await until('done');
    const text = messages.flatMap(({ message }) =>
      message.type === 'final' ? [message.segment.text] : [],
    );
    const rate = wordErrorRate(wordErrors(Array(12).fill(jfk?.text).join(' '), text.join(' ')));
    t.comment(`132 s at once: WER ${rate.toFixed(3)} in ${text.length} segments`);
    t.ok(rate <= 0.15);
  },
);

t.test('when a client does not keep to the protocol, it is told and let go', async (t) => {
  const server = await startTestServer(t, { options: { live: { maxSessions: 1 } } });
  const cases = [
    [Buffer.from([0, 0]), /start/],
    ['no json', /not JSON/],
    [JSON.stringify({ sampleRate: 8000 }), /sampleRate/],
    [JSON.stringify({ model: '/etc/passwd' }), /no model/],
  ] as const;
  for (const [sent, expected] of cases) {
    const { socket, messages, closed } = await connect(server);
    socket.send(sent);
    t.not(await closed, 1000);
    t.match(messages[0]?.message, { type: 'error', error: { message: expected } });
  }
  const { socket } = await connect(server);
  const second = new WebSocket(`${server.url.replace('http', 'ws')}/v1/audio/stream`);
  const [, answer] = (await once(second, 'unexpected-response')) as [
    unknown,
    { statusCode: number },
  ];
  t.equal(answer.statusCode, 429, 'one stream too many is refused before it begins');
  socket.terminate();
});

t.test(
  'when nothing comes, or the server is stopped, the stream ends with what is open',
  async (t) => {
    const idle = await connect(await startTestServer(t, { options: { live: { idleS: 1 } } }));
    idle.socket.send('{}');
    await idle.until('done');
    t.equal(await idle.closed, 1000);
    const server = await startTestServer(t);
    const open = await connect(server);
    open.socket.send(JSON.stringify({ language: 'en' }));
    await open.until('ready');
    open.socket.send((await readFile(audioPath('jfk.wav'))).subarray(headerBytes));
    await open.until('partial');
    server.stop();
    await open.until('done');
    t.ok(open.messages.some(({ message }) => message.type === 'final'));
    await server.ended;
  },
);

import t from 'tap';
import { splitChannels } from '../../src/engines/split-channels.js';
import { formatTranscript } from '../../src/export/write-transcript.js';
import { parseTranscript } from '../../src/export/transcript-schema.js';
import { describeOptions } from '../../src/options/describe.js';
import { parseOptions } from '../../src/options/parse.js';
import { textValue } from '../../src/options/text-value.js';
import { transcribeOptionsSchema } from '../../src/options/transcribe.js';
import type { Segment, Transcript } from '../../src/types.js';

const parse = (options: unknown) =>
  parseOptions(transcribeOptionsSchema, options, { subject: 'transcribe' });
const clipsFlag = describeOptions(transcribeOptionsSchema).find(({ flag }) => flag === 'clips');

function segment(start: number, end: number, text: string): Segment {
  return {
    id: 0,
    start,
    end,
    text,
    avgLogprob: -0.1,
    noSpeechProb: 0,
    confidence: 0.9,
    compressionRatio: 1,
    temperature: 0,
    pass: 'first',
  };
}

function transcript(segments: readonly Segment[], more: Partial<Transcript> = {}): Transcript {
  return { language: 'en', languageProbability: 1, duration: 60, segments, ...more };
}

t.test('when clips are wrong, the message names the clip and says what to do', async (t) => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [[], /clips/u],
    ['10-20', /clips/u],
    [['10'], /"10" is not a clip; give start-end/u],
    [['10-20-30'], /"10-20-30" is not a clip/u],
    [['-5-10'], /"-5-10" is not a clip/u],
    [['1:75-2:00'], /"1:75-2:00" is not a clip/u],
    [['1-2', { start: -1, end: 5 }], /clips\.start: of entry 2, -1 is not a time/u],
    [[{ start: 1, stop: 5 }], /stop/u],
    [['20-10'], /clip 1 \(20-10 s\) does not end after its start/u],
    [['5-5'], /clip 1 \(5-5 s\) does not end after its start/u],
    [['0-10', '9-20'], /clip 2 \(9-20 s\) begins before clip 1 \(0-10 s\) ends/u],
    [['30-40', '1-2'], /clip 2 \(1-2 s\) begins before clip 1 \(30-40 s\) ends/u],
    [['0-', '30-40'], /clip 1 \(0- s\) has no end, which only the last one may leave out/u],
  ];
  for (const [clips, message] of cases) {
    t.throws(() => parse({ clips }), { code: 'CPW_INVALID_OPTIONS', message }, String(message));
  }
  t.throws(() => parse({ clips: ['1-2'], start: 1 }), { message: /together with start or end/u });
  t.throws(() => parse({ clips: ['1-2'], end: 9 }), { message: /together with start or end/u });
});

t.test('when clips are right, texts and objects give seconds', async (t) => {
  t.same(parse({ clips: ['10-20', '1:05-1:30', { start: '0:02:00' }] }).clips, [
    { start: 10, end: 20 },
    { start: 65, end: 90 },
    { start: 120 },
  ]);
  // Neighbours may touch.
  t.same(parse({ clips: ['0-1.5', '1.5-'] }).clips, [{ start: 0, end: 1.5 }, { start: 1.5 }]);
  t.equal(parse({}).clips, undefined);
  if (clipsFlag === undefined) throw new Error('there is no --clips');
  t.same(textValue(clipsFlag, '10-20, 1:05-1:30'), ['10-20', '1:05-1:30']);
  t.throws(() => parse({ channels: 'stereo' }), { message: /channels: "stereo"/u });
  t.equal(parse({}).channels, 'mix');
});

t.test('when channels are merged, segments come by time, each with its channel', async (t) => {
  const spoken = [
    [segment(0, 2, 'Hello'), segment(8, 9, 'Fine')],
    [segment(1, 3, 'Hi, how are you?'), segment(20, 21, 'Bye')],
  ];
  const told: Segment[] = [];
  const progress: number[] = [];
  const merged = await splitChannels(
    2,
    async (channel, { onSegment, onProgress }) => {
      const segments = spoken[channel] ?? [];
      for (const one of segments) {
        await Promise.resolve();
        onSegment?.(one);
        onProgress?.(one.end / 30);
      }
      onProgress?.(1);
      return transcript(segments, {
        language: channel === 0 ? 'en' : 'de',
        removed: [{ start: 30 - channel, end: 40, text: 'you', reason: 'why' }],
      });
    },
    { onSegment: (one) => told.push(one), onProgress: (fraction) => progress.push(fraction) },
  );
  const shown = merged.segments.map(({ id, channel, text }) => [id, channel, text]);
  t.same(shown, [
    [0, 0, 'Hello'],
    [1, 1, 'Hi, how are you?'],
    [2, 0, 'Fine'],
    [3, 1, 'Bye'],
  ]);
  t.same(
    told.map(({ id, text }) => [id, text]),
    shown.map(([id, , text]) => [id, text]),
  );
  t.equal(merged.language, 'de', 'the language of the one who said most');
  t.same(
    merged.segments.map(({ language }) => language),
    ['en', 'de', 'en', 'de'],
  );
  t.same(
    merged.removed?.map(({ channel }) => channel),
    [1, 0],
  );
  t.same(
    progress,
    [...progress].sort((a, b) => a - b),
  );
  t.equal(progress.at(-1), 1);
});

t.test('when one channel is silent, the other one is told once that is known', async (t) => {
  const told: string[] = [];
  const silence = withResolver();
  const run = splitChannels(
    2,
    async (channel, { onSegment }) => {
      if (channel === 0) onSegment?.(segment(5, 6, 'Anybody there?'));
      if (channel === 1) await silence.promise;
      return transcript([]);
    },
    { onSegment: ({ text }) => told.push(text) },
  );
  await Promise.resolve();
  t.same(told, [], 'an earlier one may still come');
  silence.resolve(undefined);
  await run;
  t.same(told, ['Anybody there?']);
});

t.test('when one channel fails or the caller aborts, the others are stopped', async (t) => {
  const stopped: unknown[] = [];
  const until = (signal: AbortSignal | undefined): Promise<Transcript> =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        stopped.push(signal.reason);
        reject(signal.reason as Error);
      });
    });
  const broken = new Error('broken');
  await t.rejects(
    splitChannels(
      3,
      async (channel, { signal }) => {
        if (channel === 1) throw broken;
        return until(signal);
      },
      {},
    ),
    broken,
  );
  t.same(stopped, [broken, broken]);
  const caller = new AbortController();
  const run = splitChannels(2, (_, { signal }) => until(signal), { signal: caller.signal });
  const reason = new Error('enough');
  caller.abort(reason);
  await t.rejects(run, reason);
});

t.test('when segments tell their channel, every form says who speaks', async (t) => {
  const segments = [
    { ...segment(0, 4, 'Hello <there>'), channel: 0 },
    { ...segment(1, 3, 'Hi'), id: 1, channel: 1 },
    { ...segment(3.5, 5, 'Well'), id: 2, channel: 0 },
  ];
  const whole = transcript(segments, { clips: [{ start: 0, end: 60 }] });
  t.equal(
    formatTranscript(whole, 'txt'),
    'Channel 1: Hello <there>\nChannel 2: Hi\nChannel 1: Well\n',
  );
  // Nobody is cut short by the other one, and who says two things says them in one cue.
  t.equal(
    formatTranscript(whole, 'vtt'),
    'WEBVTT\n' +
      '\n00:00:00.000 --> 00:00:05.000\n<v Channel 1>Hello &lt;there&gt; Well\n' +
      '\n00:00:01.000 --> 00:00:03.000\n<v Channel 2>Hi\n',
  );
  t.match(
    formatTranscript(whole, 'srt'),
    /^1\n.*\nChannel 1: Hello <there> Well\n\n2\n.*\nChannel 2: Hi/u,
  );
  t.same(parseTranscript(formatTranscript(whole, 'json')), whole);
});

function withResolver(): { promise: Promise<undefined>; resolve: (value: undefined) => void } {
  let resolve: (value: undefined) => void = () => undefined;
  const promise = new Promise<undefined>((settle) => (resolve = settle));
  return { promise, resolve };
}

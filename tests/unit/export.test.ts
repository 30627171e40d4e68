import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { sanitizeFilename, stemOf } from '../../src/export/file-name.js';
import { planOutputs } from '../../src/export/plan-outputs.js';
import {
  formatJson,
  parseTranscript,
  transcriptSchema,
} from '../../src/export/transcript-schema.js';
import { formatTranscript, writeTranscript } from '../../src/export/write-transcript.js';
import type { Segment, Transcript } from '../../src/types.js';

const formats = ['txt', 'srt', 'vtt', 'ass', 'json'] as const;

function segment(id: number, start: number, end: number, text: string): Segment {
  return {
    id,
    start,
    end,
    text,
    avgLogprob: -0.25,
    noSpeechProb: 0.01,
    confidence: Math.exp(-0.25),
    compressionRatio: 1.2,
    temperature: 0,
    pass: 'first',
  };
}

function transcript(...segments: Segment[]): Transcript {
  const duration = Math.max(1, ...segments.map(({ end }) => end));
  return { language: 'en', languageProbability: 1, duration, segments };
}

const sample = transcript(
  segment(0, 0, 2.5, 'And so, my fellow Americans,'),
  segment(1, 2.5, 11, 'ask not what your country can do for you.'),
);

t.test('when a transcript breaks a rule, reading it says which and where', async (t) => {
  const broken: [string, unknown, RegExp][] = [
    ['empty time', transcript(segment(0, 1, 1, 'a')), /segments\.0: start 1 is not before end 1/],
    [
      'descending',
      transcript(segment(0, 5, 6, 'a'), segment(1, 1, 2, 'b')),
      /segments\.1: .*before 5/,
    ],
    ['outside', { ...sample, duration: 10 }, /segments\.1: end 11 is after 10/],
    ['hole in the ids', transcript(segment(0, 0, 1, 'a'), segment(2, 1, 2, 'b')), /id is 2, not 1/],
    [
      'no confidence',
      { ...sample, segments: [{ ...sample.segments[0], confidence: undefined }] },
      /confidence/,
    ],
    ['another key', { ...sample, extra: 1 }, /extra/],
    ['NaN as null', JSON.parse(JSON.stringify({ ...sample, duration: NaN })), /duration/],
    ['a list', [], /object/],
  ];
  for (const [name, value, message] of broken) {
    const read = () => parseTranscript(JSON.stringify(value), 'x.json');
    t.throws(read, { code: 'CPW_INVALID_OPTIONS', message }, name);
  }
  t.throws(() => parseTranscript('{', 'x.json'), { message: /x\.json is not JSON/ });
});

t.test('when words leave their segment or run backwards, they are refused', async (t) => {
  const word = (start: number, end: number) => ({ start, end, word: 'a', probability: 0.9 });
  const of = (...words: ReturnType<typeof word>[]) =>
    transcriptSchema.safeParse(transcript({ ...segment(0, 1, 3, 'a b'), words })).success;
  t.ok(of(word(1, 2), word(2, 3)));
  t.notOk(of(word(2, 2)), 'no time');
  t.notOk(of(word(0.5, 2)), 'before the segment');
  t.notOk(of(word(2, 3.5)), 'after the segment');
  t.notOk(of(word(2, 3), word(1, 2)), 'backwards');
});

t.test(
  'when a transcript is written as JSON, it reads back as it was, in milliseconds',
  async (t) => {
    t.strictSame(parseTranscript(formatJson(sample)), sample);
    const fine = transcript(segment(0, 0.123456, 0.123457, 'short'), segment(1, 0.5, 1.99999, 'b'));
    const back = parseTranscript(formatJson(fine));
    t.ok(
      back.segments.every(({ start, end }) => start < end),
      'rounding empties nothing',
    );
    t.equal(back.segments[1]?.end, 2);
    t.strictSame(parseTranscript(formatJson(transcript())).segments, []);
    t.throws(() => formatJson(transcript(segment(0, 2, 1, 'a'))), { code: 'CPW_INTERNAL' });
  },
);

t.test('when a name is unsafe, what stands for it is near to it', async (t) => {
  t.equal(sanitizeFilename('../../etc/passwd'), '._._etc_passwd');
  t.equal(sanitizeFilename(''), '_');
  t.equal(sanitizeFilename('CON'), '_CON');
  t.equal(stemOf('/a/it\'s "odd" – नमस्ते.tar.wav'), 'it\'s "odd" – नमस्ते.tar');
  t.equal(stemOf('-x.wav'), '-x');
});

t.test('when outputs are planned, collisions and files that exist are refused', async (t) => {
  const outputDir = t.testdir({ 'b.srt': 'old' });
  const options = { formats, outputDir, overwrite: false };
  await t.rejects(planOutputs(['x/a.wav', 'y/a.mp3'], options), {
    code: 'CPW_INVALID_OPTIONS',
    message: /"x\/a\.wav" and "y\/a\.mp3" would both write "a\.\*"/,
  });
  await t.rejects(planOutputs(['a.wav', 'b.wav'], options), {
    message: /b\.srt" exists already; add --overwrite/,
  });
  t.strictSame(await planOutputs(['a.wav', '-'], options), [
    { input: 'a.wav', stem: 'a' },
    { input: '-', stem: 'stdin' },
  ]);
  t.equal((await planOutputs(['b.wav'], { ...options, overwrite: true })).length, 1);
  t.equal((await planOutputs(['x/a.wav', 'y/a.wav'], { ...options, formats: [] })).length, 2);
});

t.test('when writing fails, no file and no temporary file is left', async (t) => {
  const outputDir = t.testdir({ 'a.vtt': 'old' });
  const options = { stem: 'a', formats, outputDir };
  await t.rejects(writeTranscript(sample, options), { message: /a\.vtt" exists already/ });
  t.strictSame(readdirSync(outputDir), ['a.vtt']);
  const bad = transcript(segment(0, 2, 1, 'a'));
  await t.rejects(writeTranscript(bad, { ...options, overwrite: true }), { code: 'CPW_INTERNAL' });
  t.strictSame(readdirSync(outputDir), ['a.vtt']);
  t.equal(readFileSync(path.join(outputDir, 'a.vtt'), 'utf8'), 'old');
  const file = path.join(outputDir, 'a.vtt');
  await t.rejects(writeTranscript(sample, { ...options, outputDir: file }), {
    code: 'CPW_INVALID_OPTIONS',
    message: /cannot write into .*a\.vtt/,
  });
  mkdirSync(path.join(outputDir, 'c.srt'));
  const overFolder = { ...options, stem: 'c', overwrite: true };
  await t.rejects(writeTranscript(sample, overFolder), { code: 'CPW_INVALID_OPTIONS' });
  t.strictSame(
    readdirSync(outputDir).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

t.test('when a transcript is written, each format has its file', async (t) => {
  const outputDir = path.join(t.testdir(), 'made', 'here');
  const stem = 'it\'s "odd"/name';
  const paths = await writeTranscript(sample, { stem, formats, outputDir });
  t.strictSame(
    paths.map((one) => path.basename(one)),
    formats.map((format) => `it's "odd"_name.${format}`),
  );
  const read = (format: string) =>
    readFileSync(path.join(outputDir, `it's "odd"_name.${format}`), 'utf8');
  t.equal(read('txt'), 'And so, my fellow Americans,\nask not what your country can do for you.\n');
  t.match(read('srt'), /^1\n00:00:00,000 --> 00:00:04,019\nAnd so/);
  t.match(read('vtt'), /^WEBVTT\n\n00:00:00\.000 --> 00:00:04\.019\nAnd so/);
  t.match(read('ass'), /\nDialogue: 0,0:00:00\.00,0:00:04\.02,Default,,0,0,0,,And so/);
  t.strictSame(parseTranscript(read('json')), sample);
  const shorter = transcript(segment(0, 0, 1, 'new'));
  await writeTranscript(shorter, { stem, formats: ['txt'], outputDir, overwrite: true });
  t.equal(read('txt'), 'new\n');
  t.equal(formatTranscript(transcript(segment(0, 0, 1, ' a\nb ')), 'txt'), 'a b\n');
  t.equal(readdirSync(outputDir).length, 5, 'no temporary file is left');
});

t.test(
  'when the folder can never be made, writing ends with an error',
  { skip: process.platform !== 'linux' && '/proc takes no folders on Linux alone' },
  async (t) => {
    const transcript = { language: 'en', languageProbability: 1, duration: 1, segments: [] };
    const options = { stem: 'a', formats: ['txt'] as const, outputDir: '/proc/none/below' };
    await t.rejects(writeTranscript(transcript, options), {
      code: 'CPW_INVALID_OPTIONS',
      message: /cannot write into "\/proc\/none\/below"/u,
    });
  },
);

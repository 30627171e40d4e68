import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { z } from 'zod';
import { Recognizer } from '../../src/engines/recognizer.js';
import { formatJson } from '../../src/export/transcript-schema.js';
import type { EngineName, Segment } from '../../src/types.js';
import { audioPath } from '../helpers/audio.js';
import { ffmpeg } from '../helpers/media.js';
import { modelsDir } from '../helpers/models.js';
import { joined, quantile, wordTimeErrors } from '../helpers/word-times.js';

const engines: readonly EngineName[] = ['ctranslate2', 'whisper'];
const wordSchema = z.object({ word: z.string(), start: z.number(), end: z.number() });
const refsSchema = z.record(z.string(), z.object({ words: z.array(wordSchema).default([]) }));
const asked = { language: 'en', wordTimestamps: true } as const;

for (const model of ['tiny.en', 'base']) {
  for (const engine of engines) {
    // By espeak-ng, which tells them, and real ones whose times were published (good to 30 ms).
    for (const set of ['words', 'real']) {
      t.test(
        `when ${engine} times ${model}'s words of ${set}, half are within 60 ms`,
        async (t) => {
          await using recognizer = await Recognizer.load(model, { engine, ...modelsDir });
          const json: unknown = JSON.parse(readFileSync(audioPath(`${set}/refs.json`), 'utf8'));
          const errors = [];
          for (const [name, { words }] of Object.entries(refsSchema.parse(json))) {
            if (words.length === 0) continue;
            const { segments } = await recognizer.transcribe(audioPath(`${set}/${name}`), asked);
            checkWords(t, segments);
            errors.push(wordTimeErrors(words, segments.flatMap(wordsOf)));
          }
          const { start, end, said } = joined(errors);
          const figures = [start, end].map(
            (off) => `${quantile(off, 0.5).toFixed(0)} and ${quantile(off, 0.9).toFixed(0)} ms`,
          );
          t.comment(
            `${engine} ${model} ${set}: ${start.length} of ${said} words compared, median and ` +
              `90th percentile of starts ${figures.join(', of ends ')}`,
          );
          t.ok(start.length >= 0.8 * said, `${start.length} of ${said} words were understood`);
          t.ok(quantile(start, 0.5) <= 60, 'median of starts');
          t.ok(quantile(end, 0.5) <= 60, 'median of ends');
          t.ok(quantile(start, 0.9) <= 200, '90th percentile of starts');
          t.ok(quantile(end, 0.9) <= 200, '90th percentile of ends');
        },
      );
    }
  }
}

for (const engine of engines) {
  t.test(`when ${engine} times a file of five minutes, every word has its place`, async (t) => {
    const samples = await longSamples(t.testdir());
    await using recognizer = await Recognizer.load('tiny.en', { engine, ...modelsDir });
    const transcript = await recognizer.transcribe(samples, asked);
    t.ok(transcript.duration > 300);
    const count = checkWords(t, transcript.segments);
    t.ok(count > 600, `${count} words`);
    t.doesNotThrow(() => formatJson(transcript), 'the schema takes it');
  });

  t.test(`when ${engine} is not asked for word times, the text is the same`, async (t) => {
    await using recognizer = await Recognizer.load('tiny.en', { engine, ...modelsDir });
    const path = audioPath('en-gettysburg.flac');
    const timed = await recognizer.transcribe(path, asked);
    const plain = await recognizer.transcribe(path, { language: 'en' });
    t.equal(textOf(timed.segments), textOf(plain.segments));
    t.notOk(plain.segments.some((segment) => 'words' in segment));
  });

  t.test(`when ${engine} hears other languages, their words keep the text`, async (t) => {
    await using recognizer = await Recognizer.load('base', { engine, ...modelsDir });
    // In Hindi a character takes several tokens, and base writes little of sense.
    for (const [name, least] of [
      ['de-faust.flac', 10],
      ['hi-premchand.flac', 1],
    ] as const) {
      const options = { language: name.slice(0, 2), wordTimestamps: true };
      const { segments } = await recognizer.transcribe(audioPath(name), options);
      t.ok(checkWords(t, segments) >= least, name);
    }
    // English speech, written as Chinese: there are no spaces to cut at.
    const chinese = await recognizer.transcribe(audioPath('jfk.wav'), {
      language: 'zh',
      wordTimestamps: true,
    });
    t.ok(checkWords(t, chinese.segments) > 10);
  });
}

const wordsOf = ({ words = [] }: Segment) => words;
const textOf = (segments: readonly Segment[]) => segments.map(({ text }) => text).join(' ');
const packed = (text: string) => text.replaceAll(/\s/gu, '');

/** Monotone, inside the segment, longer than zero, and all of the text. Returns how many there are. */
function checkWords(t: Test, segments: readonly Segment[]): number {
  const wrong: string[] = [];
  for (const segment of segments) {
    const words = wordsOf(segment);
    let low = segment.start;
    for (const { word, start, end, probability } of words) {
      const place = `${word} ${start}..${end} in ${segment.start}..${segment.end}`;
      if (start < low - 1e-9) wrong.push(`begins before ${low}: ${place}`);
      if (end <= start) wrong.push(`is empty: ${place}`);
      if (end > segment.end + 1e-9) wrong.push(`leaves its segment: ${place}`);
      if (word !== word.trim() || word === '') wrong.push(`has space around it: ${place}`);
      if (!(probability >= 0 && probability <= 1)) wrong.push(`is ${probability} likely: ${place}`);
      low = end;
    }
    if (packed(words.map(({ word }) => word).join('')) !== packed(segment.text)) {
      wrong.push(`other words than: ${segment.text}`);
    }
  }
  t.same(wrong, []);
  return segments.flatMap(wordsOf).length;
}

/** The parts of long.json with silence between them. */
async function longSamples(folder: string): Promise<Float32Array> {
  const plan = z
    .object({ parts: z.array(z.string()), silence_s: z.number() })
    .parse(JSON.parse(readFileSync(audioPath('long.json'), 'utf8')));
  const pieces: Float32Array[] = [];
  const raw = join(folder, 'part.f32');
  for (const part of plan.parts) {
    await ffmpeg('-i', audioPath(part), '-ar', '16000', '-ac', '1', '-f', 'f32le', raw);
    const { buffer, byteOffset, length } = readFileSync(raw);
    if (pieces.length > 0) pieces.push(new Float32Array(plan.silence_s * 16_000));
    pieces.push(new Float32Array(buffer.slice(byteOffset, byteOffset + length)));
  }
  await rm(raw);
  const samples = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return samples;
}

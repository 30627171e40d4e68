import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { z } from 'zod';
import { flagSource } from '../../src/cli/flag-source.js';
import { CpwError } from '../../src/errors.js';
import { sanitizeFilename } from '../../src/export/file-name.js';
import { outputPath, planOutputs } from '../../src/export/plan-outputs.js';
import { formatJson, parseTranscript } from '../../src/export/transcript-schema.js';
import { formatTranscript } from '../../src/export/write-transcript.js';
import { flagOf } from '../../src/options/describe.js';
import { mergeOptions } from '../../src/options/merge.js';
import { outputOptionsSchema, transcriptFormats } from '../../src/options/output.js';
import { optionsError, parseOptions } from '../../src/options/parse.js';
import { recognizerOptionsSchema } from '../../src/options/recognizer.js';
import { transcribeOptionsSchema } from '../../src/options/transcribe.js';
import { cuesOf } from '../../src/subtitles/cues.js';
import type { Segment, Transcript } from '../../src/types.js';

/** Names as people, other systems and attackers write them. */
const oddParts = ['.', '..', '/', '\\', ' ', '~', 'con', 'a', 'é', 'e\u0301', '😀', '-', '\u0000'];
const oddText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1000 }),
  fc.string({
    unit: fc.constantFrom(...oddParts, '\n', '\u202e', '\ud800', '*', ':', '.wav', '\u2028'),
    minLength: 1,
    maxLength: 400,
  }),
);

t.test('when any text of 1 to 1000 characters names a file, the name is safe', async (t) => {
  fc.assert(
    fc.property(oddText, (text) => {
      const name = sanitizeFilename(text);
      return (
        name.length > 0 &&
        !/[/\p{Cc}\p{Cs}]/u.test(name) &&
        !name.includes('..') &&
        !['.', ''].includes(name.trim()) &&
        Buffer.byteLength(`${name}.json`) <= 255 &&
        path.dirname(path.resolve('/out', `${name}.txt`)) === '/out' &&
        sanitizeFilename(name) === name
      );
    }),
    { numRuns: 2000 },
  );
  t.pass('2000 names');
});

t.test('when any inputs are planned, outputs stay in their folder and never meet', async (t) => {
  const outputDir = '/nowhere/out';
  const inputs = fc.uniqueArray(
    fc.oneof(oddText, fc.constantFrom('-', 'a.wav', 'b/a.wav', '/nowhere/out/a.txt', 'A.wav')),
    { minLength: 1, maxLength: 6 },
  );
  const options = { formats: transcriptFormats, outputDir, overwrite: true };
  const property = fc.asyncProperty(inputs, async (names) => {
    const plan = await planOutputs(names, options).catch((error: unknown) => {
      if (error instanceof CpwError && error.code === 'CPW_INVALID_OPTIONS') return [];
      throw error;
    });
    const paths = plan.flatMap(({ stem }) =>
      transcriptFormats.map((format) => outputPath(outputDir, stem, format)),
    );
    return (
      paths.every((one) => path.dirname(path.resolve(one)) === outputDir) &&
      new Set(paths).size === paths.length &&
      paths.every((one) => plan.every(({ input }) => path.resolve(input) !== one))
    );
  });
  await fc.assert(property, { numRuns: 500 });
  await t.rejects(planOutputs(['/nowhere/out/a.txt'], options), {
    code: 'CPW_INVALID_OPTIONS',
    message: /"\/nowhere\/out\/a\.txt" would be replaced/,
  });
});

interface Node {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What the JSON form cannot say: a time is seconds or [hh:]mm:ss, the end comes after the start, clips are in order. */
const times: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  start: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constantFrom('0:12.5', '12', '.5')),
  clips: fc.constantFrom(['10-20', '1:05-1:30'], ['.5-1:00:00', '3600-'], ['2-1']),
  end: fc.oneof(fc.double({ min: 51, max: 1e6, noNaN: true }), fc.constantFrom('1:00', '1:00:00')),
};

/** Values that a schema's JSON form accepts, each property left out now and then. */
function valuesOf(node: Node): fc.Arbitrary<unknown> {
  if (node.anyOf) return fc.oneof(...node.anyOf.map(valuesOf));
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum) return fc.constantFrom(...node.enum);
  const min = node.minimum ?? 0;
  const max = node.maximum ?? 1e6;
  if (node.type === 'boolean') return fc.boolean();
  if (node.type === 'integer') return fc.integer({ min, max });
  // Minus zero has no spelling on a command line.
  if (node.type === 'number') return fc.double({ min, max, noNaN: true }).map((one) => one + 0);
  if (node.type === 'array') return fc.array(valuesOf(node.items ?? {}), { minLength: 1 });
  if (node.type === 'object') {
    const fields = Object.entries(node.properties ?? {}).map(([key, one]) => [
      key,
      times[key] ?? valuesOf(one),
    ]);
    return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
      requiredKeys: [],
    });
  }
  const { pattern, minLength = 0 } = node;
  return pattern ? fc.stringMatching(new RegExp(pattern, 'u')) : fc.string({ minLength });
}

/** The same value as a command line spells it. */
function flagsOf(value: object, above: readonly string[] = []): [string, unknown][] {
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) => {
    const here = [...above, key];
    if (typeof one === 'boolean') return [[flagOf(here), one]];
    if (Array.isArray(one)) return [[flagOf(here), one.join(',')]];
    if (typeof one === 'object' && one !== null) return flagsOf(one, here);
    return [[flagOf(here), String(one)]];
  });
}

t.test('when a valid options object is spelt as flags, it comes back as it was', async (t) => {
  const schemas = {
    recognizer: recognizerOptionsSchema,
    transcribe: transcribeOptionsSchema,
    output: outputOptionsSchema,
  };
  for (const [name, schema] of Object.entries(schemas)) {
    let accepted = 0;
    const node = z.toJSONSchema(schema, { io: 'input' }) as Node;
    const property = fc.property(valuesOf(node), (value) => {
      const args = { _: [], $0: '', ...Object.fromEntries(flagsOf(value as object)) };
      const read = () => {
        const source = flagSource(args, { one: schema as z.ZodType }, []);
        const { data, problems } = mergeOptions(schema as z.ZodType, [source], 'any');
        const all = [...source.problems, ...problems];
        if (all.length > 0) throw optionsError(all, 'any');
        return data;
      };
      let parsed: unknown;
      try {
        parsed = parseOptions(schema as z.ZodType, value, { subject: 'any' });
      } catch {
        // Two options that contradict each other do so as flags too.
        assert.throws(read, { code: 'CPW_INVALID_OPTIONS' });
        return;
      }
      accepted += 1;
      assert.deepStrictEqual(read(), parsed);
    });
    fc.assert(property, { numRuns: 300 });
    t.ok(accepted > 20, `${name}: ${accepted} of 300 were valid`);
  }
});

const spans = fc.array(
  fc.record({
    gap: fc.double({ min: 0, max: 3, noNaN: true }),
    length: fc.double({ min: 0.02, max: 30, noNaN: true }),
    text: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.constantFrom('1', '00:00:01,000 --> 00:00:02,000', 'a\n\nb', '<b>&amp;</b>', 'NOTE x'),
      fc.lorem({ maxCount: 30 }),
    ),
    logprob: fc.double({ min: -5, max: 0, noNaN: true }),
  }),
  { maxLength: 10 },
);

const transcripts = spans.map((parts): Transcript => {
  let end = 0;
  const segments = parts.map(({ gap, length, text, logprob }, id): Segment => {
    const start = end + gap;
    end = start + length;
    const rest = { avgLogprob: logprob + 0, noSpeechProb: 0, confidence: Math.exp(logprob) };
    const how = { compressionRatio: 1, temperature: 0, pass: 'first' } as const;
    return { id, start, end, text, ...rest, ...how };
  });
  return { language: 'en', languageProbability: 1, duration: end, segments };
});

t.test('when a transcript is written as JSON, it reads back to the millisecond', async (t) => {
  fc.assert(
    fc.property(transcripts, (transcript) => {
      const back = parseTranscript(formatJson(transcript));
      const near = (left: number, right: number): boolean =>
        Math.abs(left - right) <= 0.0005 + 1e-9;
      assert.equal(formatJson(back), formatJson(transcript), 'written twice, it is the same');
      return back.segments.every((segment, index) => {
        const was = transcript.segments[index];
        return (
          was?.text === segment.text && near(was.start, segment.start) && near(was.end, segment.end)
        );
      });
    }),
    { numRuns: 100 },
  );
  t.pass('100 transcripts');
});

/** What a player sees: blocks between empty lines, a line of times, then text. */
function readSubtitles(file: string): { times: number[]; text: string }[] {
  const blocks = file.replace(/^WEBVTT\n/u, '').split('\n\n');
  return blocks
    .map((block) => block.split('\n').filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const at = lines.findIndex((line) => line.includes('-->'));
      const times = [...(lines[at] ?? '').matchAll(/(\d+):(\d\d):(\d\d)[.,](\d{3})/gu)].map(
        ([, h, m, s, ms]) => ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 + Number(ms),
      );
      return { times, text: lines.slice(at + 1).join('\n') };
    });
}

t.test(
  'when subtitles are written, a player finds every cue, its times and its text',
  async (t) => {
    const unescaped = (text: string): string =>
      text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    fc.assert(
      fc.property(transcripts, (transcript) => {
        const cues = cuesOf(transcript.segments, {}, { language: 'en' });
        const shown = cues.map(({ lines }) => lines.join('\n'));
        const times = cues.map(({ start, end }) =>
          [start, end].map((time) => Math.round(time * 1000)),
        );
        const vtt = readSubtitles(formatTranscript(transcript, 'vtt'));
        const srt = readSubtitles(formatTranscript(transcript, 'srt'));
        assert.deepStrictEqual(
          vtt.map((cue) => cue.times),
          times,
        );
        assert.deepStrictEqual(
          srt.map((cue) => cue.times),
          times,
        );
        assert.deepStrictEqual(
          vtt.map(({ text }) => unescaped(text)),
          shown,
        );
        assert.deepStrictEqual(
          srt.map(({ text }) => text),
          shown.map((text) => text.replaceAll(/-{2,}>/gu, '→').replaceAll(/<(\/?b)>/gu, '‹$1›')),
        );
      }),
      { numRuns: 150 },
    );
    t.pass('150 transcripts');
  },
);

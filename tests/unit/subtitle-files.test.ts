import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { formatAss, parseAss } from '../../src/subtitles/ass.js';
import type { Cue } from '../../src/subtitles/cue.js';
import { parseSubtitles } from '../../src/subtitles/parse-subtitles.js';
import { formatSrt, parseSrt } from '../../src/subtitles/srt.js';
import { formatVtt, parseVtt } from '../../src/subtitles/vtt.js';

const forms = {
  srt: { format: formatSrt, parse: parseSrt, unitMs: 1 },
  vtt: { format: formatVtt, parse: parseVtt, unitMs: 1 },
  ass: { format: formatAss, parse: parseAss, unitMs: 10 },
};

t.test(
  'when a file is malformed, the error names the file, the line and what is there',
  async (t) => {
    const cases: [keyof typeof forms, string, RegExp][] = [
      [
        'srt',
        '1\n00:00:01,000 --> 00:00:xx,000\na\n',
        /x: line 2: ".*xx.*" are no times; expected/,
      ],
      [
        'srt',
        '1\r\n00:00:02,000 --> 00:00:01,000\r\na',
        /x: line 2: the cue ends at .*, not after/,
      ],
      [
        'srt',
        'hello\n\n1\n00:00:01,000 --> 00:00:02,000\na',
        /x: line 1: "hello" comes before any/,
      ],
      [
        'srt',
        '1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:61:00,000 --> 01:00:00,000\nb',
        /line 6/,
      ],
      ['vtt', '1\n00:00:01.000 --> 00:00:02.000\na', /x: line 1: a WebVTT file begins with WEBVTT/],
      ['vtt', 'WEBVTT\n\na\n\n00:01.000 --> 00:02.000\nb', /x: line 3: "a" has no times/],
      ['vtt', 'WEBVTT\n\nname\n00:01.000 -> 00:02.000\nb', /x: line 3: "name" has no times/],
      ['vtt', 'WEBVTT\n\nname\n00:01 --> 00:02:xx\nb', /x: line 4: .* are no times/],
      ['ass', 'anything', /x: line 1: an ASS file has sections/],
      ['ass', '[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,a', /line 2: there is no Format line/],
      [
        'ass',
        '[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00',
        /line 3: has 1 fields, of the 3/,
      ],
      [
        'ass',
        '[Events]\nFormat: Start, End, Text\nDialogue: 1,2,a',
        /line 3: the times .* are wrong/,
      ],
    ];
    for (const [form, text, message] of cases) {
      const read = () => forms[form].parse(text, { name: 'x' });
      t.throws(read, { code: 'CPW_INVALID_OPTIONS', message }, `${form}: ${text}`);
    }
    t.throws(() => parseSubtitles('', { name: 'film.sub' }), {
      message: /film\.sub: \.sub is not read/,
    });
  },
);

t.test('when a SubRip file is careless, its cues are still found', async (t) => {
  const text =
    '\ufeff7\r\n0:01.5 --> 00:00:02,75\r\n<i>One</i>\r\n\r\nstill one\r\n\r\n' +
    '00:00:03.000-->00:00:04.000 X1:40\r\n{\\an8}two<font color="red">!</font>\r\n\r\n' +
    '9\r\n00:00:05,000 --> 00:00:06,000\r\n\r\n3\r\n100:00:07,000 --> 100:00:08,000\r\n1984\r\n';
  t.strictSame(parseSrt(text), [
    { start: 1.5, end: 2.75, lines: ['One', 'still one'] },
    { start: 3, end: 4, lines: ['two!'] },
    { start: 360_007, end: 360_008, lines: ['1984'] },
  ]);
  t.strictSame(parseSrt(''), []);
});

t.test('when a WebVTT file has notes, styles, names and settings, its text is read', async (t) => {
  const text =
    'WEBVTT - a film\nKind: captions\n\nNOTE 00:01 is not a time\nmore\n\nSTYLE\n::cue { color: red }\n\n' +
    'first\n00:01.000 --> 00:02.000 line:0 align:start\n<v.loud Ann &amp; Bob>Hi &lt;there&gt;</v>\n' +
    '<c.red>you</c> <00:01.500>two&nbsp;x &unknown;\n\n1:00:00.000 --> 1:00:01.000\nNOTE x\n';
  t.strictSame(parseVtt(text), [
    { start: 1, end: 2, lines: ['Hi <there>', 'you two\u00a0x &unknown;'], voice: 'Ann & Bob' },
    { start: 3600, end: 3601, lines: ['NOTE x'] },
  ]);
});

t.test(
  'when an ASS file has styles, comments and drawings, its text is read in order',
  async (t) => {
    const text =
      '[Script Info]\nTitle: x\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: A,Arial\n\n[Events]\n' +
      'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n' +
      'Comment: 0,0:00:00.00,0:00:09.00,A,,0,0,0,,not shown\n' +
      'Dialogue: 0,0:00:05.00,0:00:06.50,A,Ann,0,0,0,,{\\i1}later{\\i0}, with a comma\\Nand more\n' +
      'Dialogue: 0,0:00:01.00,0:00:02.00,A,,0,0,0,,first\\hone\n' +
      'Dialogue: 0,0:00:03.00,0:00:04.00,A,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}\n';
    t.strictSame(parseSubtitles(text), [
      { start: 1, end: 2, lines: ['first\u00a0one'] },
      { start: 5, end: 6.5, lines: ['later, with a comma', 'and more'], voice: 'Ann' },
    ]);
  },
);

t.test('when cues are written, times, escapes and counting follow the formats', async (t) => {
  const cues: Cue[] = [
    { start: 3599.9996, end: 3601.0004, lines: ['a --> b <i>&</i>'] },
    { start: 3601.5, end: 3602, lines: ['  ', ''] },
    {
      start: 360_000.5,
      end: 360_001.25,
      lines: ['two\n\nlines\u0000', '{\\an8}\\N'],
      voice: 'A, B',
    },
  ];
  t.equal(
    formatSrt(cues),
    '1\n01:00:00,000 --> 01:00:01,000\na → b ‹i›&‹/i›\n\n' +
      '2\n100:00:00,500 --> 100:00:01,250\nA, B: two\nlines\n(\\an8}\\N\n',
  );
  t.equal(
    formatVtt(cues),
    'WEBVTT\n\n01:00:00.000 --> 01:00:01.000\na --&gt; b &lt;i&gt;&amp;&lt;/i&gt;\n\n' +
      '100:00:00.500 --> 100:00:01.250\n<v A, B>two\nlines\n{\\an8}\\N\n',
  );
  const events = formatAss(cues).split('Effect, Text\n')[1];
  t.equal(
    events,
    'Dialogue: 0,1:00:00.00,1:00:01.00,Default,,0,0,0,,a --> b <i>&</i>\n' +
      'Dialogue: 0,100:00:00.50,100:00:01.25,Default,A  B,0,0,0,,two\\Nlines\\N\\{\\an8\\}\\\u2060N\n',
  );
  t.equal(formatSrt([]), '');
  t.equal(formatVtt([]), 'WEBVTT\n');
  t.strictSame(parseAss(formatAss([])), []);
});

const odd = [
  '\\',
  '{',
  '}',
  'N',
  'n',
  'h',
  '<',
  '>',
  '&',
  'amp;',
  'b',
  '/',
  '-->',
  ',',
  ':',
  '1',
  '\u2060',
];
const line = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...odd, ' '), maxLength: 30 }),
    fc.constantFrom(
      '12',
      'NOTE x',
      '[Events]',
      'WEBVTT',
      'a: b',
      'Dialogue: 0',
      'مرحبا',
      'नमस्ते',
      '日本語',
    ),
  )
  .map((text) => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '').trim())
  .filter((text) => text !== '');
const cueList = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 5000 }),
      length: fc.integer({ min: 1, max: 9000 }),
      lines: fc.array(line, { minLength: 1, maxLength: 2 }),
      voice: fc.option(fc.constantFrom('Ann', 'Channel 1', 'Bob <b> & Co', 'José'), {
        nil: undefined,
      }),
    }),
    { maxLength: 8 },
  )
  .map((parts) => {
    let at = 0;
    return parts.map(({ gap, length, lines, voice }): Cue => {
      const start = at + gap;
      at = start + length;
      return {
        start: start / 1000,
        end: at / 1000,
        lines,
        ...(voice === undefined ? {} : { voice }),
      };
    });
  });

/** The cues in steps of a format's time, without the voices that SubRip has no place for. */
function expected(cues: readonly Cue[], form: keyof typeof forms): readonly Cue[] {
  const steps = (seconds: number): number =>
    Math.round(Math.round(seconds * 1000) / forms[form].unitMs);
  return cues.map(({ voice, ...cue }) => {
    const start = steps(cue.start);
    const end = Math.max(start + 1, steps(cue.end));
    const named = voice === undefined || form === 'srt' ? {} : { voice };
    const { unitMs } = forms[form];
    return {
      start: (start * unitMs) / 1000,
      end: (end * unitMs) / 1000,
      lines: cue.lines,
      ...named,
    };
  });
}

t.test('when cues are written and read again, they are the same', async (t) => {
  for (const form of ['vtt', 'ass'] as const) {
    const { format, parse } = forms[form];
    fc.assert(
      fc.property(cueList, (cues) => {
        assert.deepEqual(parse(format(cues)), expected(cues, form));
        assert.deepEqual(
          parse(`\ufeff${format(cues).replaceAll('\n', '\r\n')}`),
          expected(cues, form),
        );
      }),
      { numRuns: 500 },
    );
  }
  const safe = (cue: Cue): boolean => cue.lines.every((one) => !/<|-->|\{\\/u.test(one));
  fc.assert(
    fc.property(cueList, (cues) => {
      const own = cues.filter(safe).map(({ start, end, lines }) => ({ start, end, lines }));
      assert.deepEqual(parseSrt(formatSrt(own)), own);
      // What SubRip cannot hold is replaced once, and stays as it is then.
      const once = parseSrt(formatSrt(cues));
      assert.equal(once.length, cues.length);
      assert.deepEqual(parseSrt(formatSrt(once)), once);
    }),
    { numRuns: 500 },
  );
  t.pass('1500 files');
});

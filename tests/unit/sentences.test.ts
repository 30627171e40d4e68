import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { parseTranscript, formatJson } from '../../src/export/transcript-schema.js';
import { formatTranscript } from '../../src/export/write-transcript.js';
import { cuesOf } from '../../src/subtitles/cues.js';
import { piecesOf } from '../../src/text/pieces.js';
import { placeTranslation } from '../../src/text/place-translation.js';
import { SentenceJoiner, sentencesOf, type Sentence } from '../../src/text/sentences.js';
import type { Segment } from '../../src/types.js';
import { said, spokenSegments, textOf, type Saying, type Spoken } from '../helpers/spoken.js';

function segmentsOf(
  sayings: readonly (Saying & Pick<Segment, 'words' | 'channel' | 'language'>)[],
): Segment[] {
  return sayings.map((saying, id) => ({
    id,
    avgLogprob: -0.2,
    noSpeechProb: 0,
    confidence: 0.8 - id / 1000,
    compressionRatio: 1,
    temperature: 0,
    pass: 'first',
    ...saying,
  }));
}

function join(segments: readonly Segment[], language?: string, options = {}): readonly Sentence[] {
  const joiner = new SentenceJoiner(language, options);
  return [...segments.flatMap((segment) => joiner.add(segment)), ...joiner.end()];
}

const textsOf = (language: string, ...texts: string[]): string[] =>
  join(segmentsOf(said(...texts.map((text): [string, number] => [text, 4]))), language).map(
    ({ text }) => text,
  );

t.test(
  'when segments are joined, sentences are whole and end where a reader would say',
  async (t) => {
    t.throws(() => new SentenceJoiner('en', { maxPauseS: -1 }), { code: 'CPW_INVALID_OPTIONS' });
    const cases: [string, string[], string[]][] = [
      [
        'en',
        ['When Mr. Smith', 'came home, he paid 3.50 dollars. "Stop!" he', 'said... and left. Why?'],
        ['When Mr. Smith came home, he paid 3.50 dollars.', '"Stop!" he said... and left.', 'Why?'],
      ],
      [
        'en',
        ['J. K. Rowling lives in the U.S. now, etc.', 'I waited… Then it came.'],
        ['J. K. Rowling lives in the U.S. now, etc.', 'I waited…', 'Then it came.'],
      ],
      [
        'en',
        ['No. I saw No. 5 at 6 p.m. He did', 'what I did. So did', 'I. Yes.'],
        ['No.', 'I saw No. 5 at 6 p.m.', 'He did what I did.', 'So did I.', 'Yes.'],
      ],
      [
        'de',
        ['Am 3. Mai kam Dr. Weiß, z. B. um 5.30 Uhr.', 'Er ging.'],
        ['Am 3. Mai kam Dr. Weiß, z. B. um 5.30 Uhr.', 'Er ging.'],
      ],
      [
        'es',
        ['El Sr. García llegó. ¿Dónde', 'está? Aquí.'],
        ['El Sr. García llegó.', '¿Dónde está?', 'Aquí.'],
      ],
      ['hi', ['डॉ. शर्मा घर गए। फिर', 'वे सो गए।'], ['डॉ. शर्मा घर गए।', 'फिर वे सो गए।']],
      [
        'ja',
        ['行きます。でも、', '行かない！はい。'],
        ['行きます。', 'でも、行かない！', 'はい。'],
      ],
      ['ar', ['أين هو؟ لا أعرف.', 'نعم.'], ['أين هو؟', 'لا أعرف.', 'نعم.']],
      ['am', ['ሰላም። እንዴት', 'ነህ?'], ['ሰላም።', 'እንዴት ነህ?']],
    ];
    for (const [language, texts, expected] of cases) {
      t.strictSame(textsOf(language, ...texts), expected, texts.join(' '));
    }
  },
);

t.test('when silence, a speaker or a language parts words, so does the sentence', async (t) => {
  const [one, two] = said(['well I', 2], ['think so', 2, 2.1]) as [Saying, Saying];
  t.equal(join(segmentsOf([one, two])).length, 2, 'silence of 2.1 s');
  t.equal(join(segmentsOf([one, two]), 'en', { maxPauseS: 3 }).length, 2, 'no punctuation at all');
  const near = said(['well, I', 2], ['think so', 2, 1.9]) as [Saying, Saying];
  t.equal(join(segmentsOf(near)).length, 1);
  const channels = segmentsOf([
    { ...near[0], channel: 0 },
    { ...near[1], channel: 1 },
  ]);
  t.strictSame(
    join(channels).map(({ channel }) => channel),
    [0, 1],
  );
  const languages = segmentsOf([
    { ...near[0], language: 'en' },
    { ...near[1], language: 'de' },
  ]);
  t.strictSame(
    join(languages).map(({ language }) => language),
    ['en', 'de'],
  );
  const paused = [
    { word: 'well,', start: 0, end: 1, probability: 1 },
    { word: 'I', start: 3.5, end: 4, probability: 1 },
  ];
  t.equal(
    join(segmentsOf([{ start: 0, end: 4, text: 'well, I', words: paused }])).length,
    2,
    'inside a segment',
  );
});

t.test('when a sentence has no end, it is cut at a clause', async (t) => {
  const clause = 'and then they went on to the next house of the village, ';
  const sentences = join(segmentsOf(said([clause.repeat(20), 60])), 'en', { maxLength: 200 });
  t.ok(sentences.length >= 6);
  t.ok(sentences.every(({ text }) => text.length <= 201 && text.endsWith('village,')));
  const [first] = join(segmentsOf(said(['one', 1], ['two.', 1])));
  t.strictSame(
    [first?.segments.map(({ id }) => id), first?.words.map(({ segment }) => segment)],
    [
      [0, 1],
      [0, 1],
    ],
  );
});

t.test(
  'when segments come one by one, the first sentence is there before the last segment',
  async (t) => {
    let read = 0;
    async function* live(): AsyncGenerator<Segment> {
      for (const segment of segmentsOf(said(['It is', 1], ['over. Yes', 1], ['it is.', 1]))) {
        read += 1;
        yield segment;
      }
    }
    const seen: [string, number][] = [];
    for await (const { text } of sentencesOf(live(), 'en')) seen.push([text, read]);
    t.strictSame(seen, [
      ['It is over.', 2],
      ['Yes it is.', 3],
    ]);
  },
);

t.test('when a translation is placed, it pauses where the source does', async (t) => {
  const times: [string, number, number][] = [
    ['When', 0, 0.4],
    ['he', 0.4, 0.6],
    ['came,', 0.6, 1],
    ['nobody', 3, 3.5],
    ['was', 3.5, 3.7],
    ['there.', 3.7, 4],
  ];
  const words = times.map(([word, start, end]) => ({ word, start, end, probability: 1 }));
  const [sentence] = join(
    segmentsOf([{ start: 0, end: 4, text: times.map(([word]) => word).join(' '), words }]),
    'en',
    { maxPauseS: 5 },
  );
  assert.ok(sentence);
  const es = placeTranslation(sentence, { text: 'Cuando llegó, no había nadie allí.' }, 'es');
  t.equal(es.words?.find(({ word }) => word === 'no')?.start, 3, 'at the comma');
  t.equal(es.words?.find(({ word }) => word === 'llegó,')?.end, 1);
  const text = 'No había nadie allí cuando llegó';
  // Words 3 to 5 of the source come first in this one; what is said after the pause is divided off best by them.
  const crossed = placeTranslation(
    sentence,
    {
      text,
      alignment: [
        [0, 0],
        [1, 1],
        [3, 2],
        [4, 3],
        [5, 4],
        [9, 9],
      ],
    },
    'es',
  );
  t.equal(crossed.words?.find(({ start }) => start === 3)?.word, 'nadie');
  t.strictSame(
    cuesOf([es], {}, { language: 'es' }).map(({ start, lines }) => [start, ...lines]),
    [
      [0, 'Cuando llegó,'],
      [3, 'no había nadie allí.'],
    ],
  );
  const one = placeTranslation(sentence, { text: 'Niemand.' }, 'de');
  t.strictSame(one.words, [{ word: 'Niemand.', start: 0, end: 4, probability: 0.8 }]);
});

t.test('when nothing came of a translation, the source is marked and shown as such', async (t) => {
  const [sentence] = join(
    segmentsOf([{ ...said(['¿Quién sabe?', 2])[0], language: 'es' } as Saying]),
  );
  assert.ok(sentence);
  for (const nothing of [undefined, { text: ' ' }]) {
    const segment = placeTranslation(sentence, nothing, 'en');
    t.match(segment, { untranslated: true, text: '¿Quién sabe?', language: 'es' });
    const transcript = { language: 'en', languageProbability: 1, duration: 2, segments: [segment] };
    t.match(formatTranscript(transcript, 'srt'), /\n\[¿Quién sabe\?\]\n$/);
    t.equal(formatTranscript(transcript, 'txt'), '[¿Quién sabe?]\n');
    t.equal(parseTranscript(formatJson(transcript)).segments[0]?.untranslated, true);
  }
});

t.test('when any speech is joined and any translation placed, nothing is lost', async (t) => {
  const targets = fc.array(
    fc.tuple(fc.lorem({ maxCount: 30 }), fc.array(fc.tuple(fc.nat(30), fc.nat(30)))),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(spokenSegments, targets, ({ segments, language }: Spoken, translations) => {
      const own = segmentsOf(segments);
      const sentences = join(own, language);
      assert.equal(textOf(sentences.map(({ text }) => text)), textOf(own.map(({ text }) => text)));
      assert.deepEqual(
        sentences.map(({ id }) => id),
        [...sentences.keys()],
      );
      const placed = sentences.map((sentence, index) => {
        const [text, alignment] = translations[index % translations.length] ?? ['', []];
        const segment = placeTranslation(
          sentence,
          index % 5 === 4 ? undefined : { text, alignment },
          'la',
        );
        const expected = segment.untranslated ? sentence.text : text;
        assert.equal(textOf([segment.text]), textOf([expected]));
        let latest = sentence.start;
        for (const { start, end } of segment.words ?? []) {
          assert.ok(start >= latest - 1e-9 && start < end && end <= sentence.end + 1e-9);
          latest = segment.untranslated ? start : end;
        }
        return segment;
      });
      const ends = placed.map(({ end }) => end);
      const transcript = {
        language: 'la',
        languageProbability: 1,
        duration: Math.max(0, ...ends),
        segments: placed,
      };
      assert.ok(placed.every(({ start }, index) => start >= (placed[index - 1]?.start ?? 0)));
      assert.equal(
        textOf(cuesOf(placed).flatMap(({ lines }) => lines)).replaceAll(/[[\]]/gu, ''),
        textOf(placed.map(({ text }) => text)).replaceAll(/[[\]]/gu, ''),
      );
      formatJson(transcript);
    }),
    { numRuns: 200 },
  );
  t.equal(piecesOf('', 'en').length, 0);
});

import t from 'tap';
import type { SubtitleOptions } from '../../src/options/subtitles.js';
import { breakKindOf } from '../../src/subtitles/break-kind.js';
import { breakWordsOf } from '../../src/subtitles/break-words.js';
import { checkCues } from '../../src/subtitles/check-cues.js';
import { CueBuilder } from '../../src/subtitles/cue-builder.js';
import type { Cue } from '../../src/subtitles/cue.js';
import { cuesOf } from '../../src/subtitles/cues.js';
import type { ShownSegment } from '../../src/subtitles/tokens.js';
import { labelled } from '../../src/subtitles/voice.js';
import { said } from '../helpers/spoken.js';

const linesOf = (segments: ShownSegment[], language: string, options: SubtitleOptions = {}) =>
  cuesOf(segments, options, { language }).map(({ lines }) => lines.join(' / '));

t.test('when a rule contradicts another one, it is refused by name', async (t) => {
  const make = (options: SubtitleOptions) => () => new CueBuilder(options);
  t.throws(make({ lines: 3 }), { code: 'CPW_INVALID_OPTIONS', message: /lines: 3 cannot/ });
  t.throws(make({ readingSpeed: 12, targetReadingSpeed: 14 }), {
    message: /targetReadingSpeed: 14 is above readingSpeed \(12\)/,
  });
  t.throws(make({ minDurationS: 8 }), { message: /minDurationS: 8 is above maxDurationS \(7\)/ });
  t.doesNotThrow(make({ readingSpeed: 12 }), 'the target follows the limit');
});

t.test('when a sentence is long, it breaks where a person would break it', async (t) => {
  const cases: [string, [string, number][], string[]][] = [
    [
      'en',
      [
        [
          'When the farmer came back from the market in the evening, he found that Mr. Smith had left the gate open, and all of the sheep were gone.',
          9,
        ],
      ],
      [
        'When the farmer came back / from the market in the evening,',
        'he found that Mr. Smith had left the gate / open, and all of the sheep were gone.',
      ],
    ],
    [
      'es',
      [
        [
          'Cuando el granjero volvió del mercado por la tarde, descubrió que el señor García había dejado la puerta abierta y que todas las ovejas se habían ido.',
          10,
        ],
      ],
      [
        'Cuando el granjero volvió / del mercado por la tarde,',
        'descubrió que el señor García / había dejado la puerta abierta',
        'y que todas las ovejas se habían ido.',
      ],
    ],
    [
      'hi',
      [
        [
          'जब किसान शाम को बाज़ार से वापस आया, तो उसने देखा कि दरवाज़ा खुला हुआ था और सारी भेड़ें भाग गई थीं।',
          7,
        ],
      ],
      [
        'जब किसान शाम को बाज़ार से वापस आया,',
        'तो उसने देखा कि दरवाज़ा खुला हुआ था / और सारी भेड़ें भाग गई थीं।',
      ],
    ],
    [
      'zh',
      [
        [
          '我们昨天去了北京，但是因为天气不好，所以没有去长城，后来我们在酒店里看了一天的电视，吃了很多好吃的东西。',
          9,
        ],
      ],
      [
        '我们昨天去了北京， / 但是因为天气不好，所以没有去长城，',
        '后来我们在酒店里看了一天的电视， / 吃了很多好吃的东西。',
      ],
    ],
    [
      'ja',
      [
        [
          '私は昨日、東京へ行きましたが、雨が降っていたので、どこにも行かずにホテルで一日中テレビを見ていました。',
          9,
        ],
      ],
      [
        '私は昨日、東京へ行きましたが、',
        '雨が降っていたので、どこにも行かずに / ホテルで一日中テレビを見ていました。',
      ],
    ],
    [
      'ar',
      [
        [
          'عندما عاد المزارع من السوق في المساء، وجد أن السيد أحمد قد ترك البوابة مفتوحة، وأن جميع الأغنام قد ذهبت إلى الجبل.',
          8,
        ],
      ],
      [
        'عندما عاد المزارع من السوق في المساء، / وجد أن السيد أحمد قد ترك البوابة مفتوحة،',
        'وأن جميع الأغنام قد ذهبت إلى الجبل.',
      ],
    ],
  ];
  for (const [language, parts, expected] of cases) {
    t.strictSame(linesOf(said(...parts), language), expected, language);
  }
});

t.test('when words have times, cues follow them and stay into silence', async (t) => {
  const words = [
    { word: 'Good', start: 1, end: 1.3, probability: 1 },
    { word: 'morning.', start: 1.3, end: 1.5, probability: 1 },
    { word: 'Yes?', start: 5, end: 5.2, probability: 1 },
  ];
  const segment = { start: 0, end: 9, text: 'Good morning. Yes?', words };
  t.strictSame(cuesOf([segment]), [
    { start: 1, end: 2, lines: ['Good morning.'] },
    { start: 5, end: 6, lines: ['Yes?'] },
  ]);
  t.strictSame(checkCues(cuesOf([segment])), []);
  const otherwise = { ...segment, text: 'Good day to you all. Yes?' };
  t.equal(cuesOf([otherwise]).at(-1)?.lines.join(), 'Yes?', 'words that are spelt otherwise');
});

t.test('when neighbours are short and near, they share a cue', async (t) => {
  const near = said(['Where are they?', 1], ['Nobody knew.', 1, 1.4]);
  t.strictSame(linesOf(near, 'en'), ['Where are they? Nobody knew.']);
  const far = said(['Where are they?', 1], ['Nobody knew.', 1, 1.6]);
  t.strictSame(linesOf(far, 'en'), ['Where are they?', 'Nobody knew.']);
  t.strictSame(linesOf(near, 'en', { mergeGapS: 1 }), ['Where are they?', 'Nobody knew.']);
  const chinese = said(['今天天气不好', 2], ['我们不去了', 2, 0.2]);
  t.strictSame(linesOf(chinese, 'zh'), ['今天天气不好 我们不去了'], 'a space parts their clauses');
});

t.test('when a rule cannot be kept, the report says which, where and by how much', async (t) => {
  const fast = said(['This is far too much text for a single second of time, is it not', 1]);
  const next = {
    start: 1.05,
    end: 2.05,
    text: 'as everybody will agree, who has to read all of it.',
  };
  const cues = cuesOf([...fast, next]);
  const violations = checkCues(cues);
  t.ok(violations.some(({ rule, limit, value }) => rule === 'readingSpeed' && value > limit));
  t.match(
    violations[0]?.message,
    /^cue 1 \(0\.000 s\) is read at [\d.]+ characters a second; at most 17/,
  );
  const bad: Cue[] = [
    { start: 1, end: 3, lines: ['a', 'b', 'c'] },
    { start: 2.9, end: 2.9, lines: [' '] },
    { start: 2.95, end: 20, lines: ['x'.repeat(43)] },
    { start: 2.95, end: 4, lines: ['other voice'], voice: 'Ann' },
  ];
  t.strictSame(
    checkCues(bad).map(({ cue, rule, value, limit }) => [cue, rule, value, limit]),
    [
      [1, 'lines', 3, 2],
      [2, 'empty', 0, 1],
      [2, 'minDurationS', 0, 1],
      [2, 'readingSpeed', Infinity, 17],
      [2, 'overlap', -100, 0],
      [3, 'lineWidth', 43, 42],
      [3, 'maxDurationS', 17.05, 7],
      [3, 'overlap', -50, 0],
    ],
  );
});

t.test('when a channel speaks, its label has room on the first line', async (t) => {
  const text = 'And so, my fellow Americans, ask not what your country can do for you, ask what';
  const segments = [{ ...said([text, 6])[0], channel: 0 } as ShownSegment];
  const cues = cuesOf(segments, {}, { labels: true }).map(labelled);
  t.match(cues[0]?.lines[0], /^Channel 1: And so/);
  t.strictSame(checkCues(cues), []);
});

t.test('when a text could not be translated, it is shown in brackets', async (t) => {
  const [segment] = said(['Quién sabe dónde está', 2]);
  t.strictSame(linesOf([{ ...segment, untranslated: true } as ShownSegment], 'en'), [
    '[Quién sabe dónde está]',
  ]);
  const words = [
    { word: 'Quién', start: 0, end: 0.5, probability: 1 },
    { word: 'sabe', start: 5, end: 5.5, probability: 1 },
  ];
  const timed = { start: 0, end: 6, text: 'Quién sabe', words, untranslated: true };
  t.strictSame(cuesOf([timed]), [
    { start: 0, end: 1, lines: ['[Quién'] },
    { start: 5, end: 6, lines: ['sabe]'] },
  ]);
});

t.test('when a code is of another table, it is known by its language', async (t) => {
  const text = 'Am Abend kam er von dort, obwohl ihn niemand gerufen hatte und es regnete';
  for (const code of ['de', 'deu_Latn', 'de-AT']) {
    t.strictSame(linesOf(said([text, 6]), code), linesOf(said([text, 6]), 'de'), code);
  }
  t.not(breakWordsOf('hin_Deva'), breakWordsOf('xx'));
  t.equal(breakWordsOf('zho_Hans'), breakWordsOf('zh'));
  t.equal(breakKindOf({ before: '–', after: 'Ja', language: 'de' }), 'bound', 'a dialogue dash');
});

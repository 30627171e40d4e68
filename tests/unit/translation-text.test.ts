import fc from 'fast-check';
import t from 'tap';
import { prepareIndic, restoreIndic } from '../../src/text/indic.js';
import { transliterate } from '../../src/text/indic-scripts.js';
import { findLanguage, languages, modelLanguage, whisperCodeOf } from '../../src/text/language.js';
import { indicTrans2Codes, m2mCodes, whisperCodes } from '../../src/text/languages/codes.js';
import { floresTable } from '../../src/text/languages/flores.js';
import { splitSentences } from '../../src/text/split-sentences.js';

t.test('when a language is unknown, the error lists those that exist', async (t) => {
  for (const given of ['', 'xx', 'klingon', 'en-', 'en_Deva', '__', 'e n', 'eng_latn_x-private']) {
    t.throws(() => modelLanguage(given, 'nllb', []), {
      code: 'CPW_UNSUPPORTED_LANGUAGE',
      message: /use one of: .*\bhi\b/u,
    });
  }
});

t.test('when a model does not know a language, the error lists what it knows', async (t) => {
  t.throws(() => modelLanguage('de', 'nllb', ['spa_Latn', 'eng_Latn', 'hin_Deva']), {
    code: 'CPW_UNSUPPORTED_LANGUAGE',
    message: /German \(de\).*use one of: en, es, hi\./u,
  });
});

t.test('when a language is given by any of its codes, it is found', async (t) => {
  const same: Readonly<Record<string, readonly string[]>> = {
    en: ['EN', 'eng', 'eng_Latn', 'eng-Latn', 'English', 'en-US', '__en__', ' en '],
    pt: ['pt-BR', 'por', 'por_Latn'],
    zh: ['zho_Hans', 'chi', 'zh-CN', 'zh-Hans', 'cmn'],
    'zh-Hant': ['zho_Hant', 'zh-TW', 'zh-HK'],
    nb: ['no', 'nor', 'nob_Latn', 'Norwegian'],
    ar: ['ara', 'arb', 'arb_Arab'],
    jv: ['jw', 'jav'],
    es: ['es-419', 'spa'],
    'ace-Arab': ['ace_Arab'],
  };
  for (const [code, given] of Object.entries(same)) {
    for (const one of [code, ...given]) t.equal(findLanguage(one)?.code, code, one);
  }
});

t.test('when the tables are compared, every language of every model is in them', async (t) => {
  const flores = floresTable.trim().split('\n');
  t.equal(flores.length, 204);
  t.equal(new Set(languages.map(({ code }) => code.toLowerCase())).size, languages.length);
  t.equal(new Set(languages.map(({ name }) => name)).size, languages.length);
  for (const { flores: code, script } of languages) {
    t.match(code, /^[a-z]{3}_[A-Z][a-z]{3}$/u);
    t.ok(new RegExp(`\\p{Script_Extensions=${scriptName(script)}}`, 'u'), script);
    t.equal(modelLanguage(code, 'nllb', [code]).token, code);
  }
  t.equal(m2mCodes.length, 100);
  for (const code of m2mCodes) {
    t.equal(modelLanguage(code, 'm2m100', [`__${code}__`]).token, `__${code}__`, code);
  }
  t.equal(indicTrans2Codes.length, 26);
  for (const code of indicTrans2Codes) {
    t.equal(modelLanguage(code, 'indictrans2', [code]).token, code);
  }
  t.equal(whisperCodes.length, 100);
  for (const code of whisperCodes) {
    const language = findLanguage(code);
    t.equal(language && whisperCodeOf(language), code, code);
  }
});

const scriptName = (script: string): string =>
  ({ Hans: 'Hani', Hant: 'Hani', Jpan: 'Hani' })[script] ?? script;

t.test('when a model writes one script, its languages say so', async (t) => {
  t.equal(modelLanguage('sr', 'nllb', ['srp_Cyrl']).script, 'Cyrl');
  t.equal(modelLanguage('sr', 'm2m100', ['__sr__']).script, '', 'written in two scripts');
  t.equal(modelLanguage('es', 'opus', []).script, 'Latn');
  t.equal(modelLanguage('ta', 'indictrans2', ['tam_Taml']).script, 'Deva');
  t.equal(modelLanguage('ur', 'indictrans2', ['urd_Arab']).script, 'Arab');
  t.equal(modelLanguage('es', 'opus', ['>>fra<<', '>>spa<<']).token, '>>spa<<');
});

t.test('when a text is split, abbreviations and lower case hold a sentence together', async (t) => {
  const split = (text: string, locale = 'en') =>
    splitSentences(text, locale).map((one) => one.text);
  t.same(split(''), []);
  t.same(split('Mr. Smith met Dr. Jones. They left.'), ['Mr. Smith met Dr. Jones.', 'They left.']);
  t.same(split('J. R. R. Tolkien wrote it. Yes!'), ['J. R. R. Tolkien wrote it.', 'Yes!']);
  t.same(split('It costs 3.50 dollars. OK?'), ['It costs 3.50 dollars.', 'OK?']);
  t.same(split('He came at 5 p.m. and left.'), ['He came at 5 p.m. and left.']);
  t.same(split('Really? Yes. "Go!" she said.'), ['Really?', 'Yes.', '"Go!"', 'she said.']);
  t.same(split('यह घर है। वह आया।', 'hi'), ['यह घर है।', 'वह आया।']);
  t.same(split('今日は。元気ですか？', 'ja'), ['今日は。', '元気ですか？']);
});

t.test('when any text is split, sentences and gaps make it up again', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const parts = splitSentences(text, 'en');
      return parts.map(({ text: sentence, gap }) => sentence + gap).join('') === text;
    }),
  );
});

t.test('when a sentence is put into another Indian script and back, it is the same', async (t) => {
  t.equal(transliterate('ನಮಸ್ಕಾರ', 'kan_Knda', 'hin_Deva'), 'नमस्कार');
  t.equal(transliterate('नमस्कार', 'hin_Deva', 'ben_Beng'), 'নমস্কার');
  t.equal(transliterate('भारत', 'hin_Deva', 'tam_Taml'), 'பாரத', 'Tamil has no bh');
  t.equal(transliterate('यह है।', 'hin_Deva', 'guj_Gujr'), 'યહ હૈ।', 'the danda is shared');
  t.equal(transliterate('hello', 'eng_Latn', 'hin_Deva'), 'hello');
  const letters = fc.string({ unit: fc.constantFrom(...Array.from('कखगघमरािीुू्।ं ')) });
  const codes = [
    'ben_Beng',
    'guj_Gujr',
    'kan_Knda',
    'mal_Mlym',
    'ory_Orya',
    'pan_Guru',
    'tel_Telu',
  ];
  fc.assert(
    fc.property(letters, fc.constantFrom(...codes), (text, code) => {
      return transliterate(transliterate(text, 'hin_Deva', code), code, 'hin_Deva') === text;
    }),
  );
});

t.test('when a sentence goes to IndicTrans2, it is in the form of its training', async (t) => {
  const prepared = (text: string, language: string) => prepareIndic(text, language).text;
  t.equal(prepared("I don't know, really.", 'eng_Latn'), "I don 't know , really .");
  t.equal(prepared('“Hello” – he said…', 'eng_Latn'), '" Hello " - he said…');
  t.equal(prepared('मुझे १२ आम दो।', 'hin_Deva'), 'मुझे 12 आम दो ।');
  t.equal(prepared('ನನಗೆ ೫ ಬೇಕು.', 'kan_Knda'), 'ननगॆ 5 बेकु .');
  t.equal(prepared('\u0929', 'hin_Deva'), '\u0928\u093c', 'a nukta letter in two characters');
  t.equal(prepared('वह आया|', 'hin_Deva'), 'वह आया ।');
  t.equal(prepared('क\u200dष', 'hin_Deva'), 'कष', 'no joiners');
  t.equal(prepared('مجھے ۵ دو', 'urd_Arab'), 'مجھے 5 دو');
});

t.test('when a sentence holds addresses and numbers, they come through IndicTrans2', async (t) => {
  const { text, kept } = prepareIndic('Write to a.b@c.org by 12/05/2024 at 3.5.', 'eng_Latn');
  t.equal(text, 'Write to <ID1> by <ID2> at 3.5 .');
  t.same(kept, ['a.b@c.org', '12/05/2024']);
  t.equal(
    restoreIndic('<ID2> तक < ID1 > को लिखें ।', 'hin_Deva', kept),
    '12/05/2024 तक a.b@c.org को लिखें।',
  );
  t.equal(restoreIndic('<आईडी1> , [ID 2]', 'hin_Deva', kept), 'a.b@c.org, 12/05/2024');
  t.equal(restoreIndic('नमस्कार ।', 'kan_Knda', []), 'ನಮಸ್ಕಾರ।');
  t.equal(restoreIndic("I don 't know , really .", 'eng_Latn', []), "I don't know, really.");
  t.equal(restoreIndic('<ID7>', 'eng_Latn', kept), '<ID7>', 'a number that stands for nothing');
});

import { appendFile, cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { Translator } from '../../src/engines/translator.js';
import { demoFolder } from '../../src/models/translation-model.js';
import type { TranslateOptions } from '../../src/options/translate.js';
import { demoLanguages, demoSentences, type DemoLanguage } from '../helpers/translation.js';

const codes = Object.keys(demoLanguages) as DemoLanguage[];
const directions = codes.flatMap((source) =>
  codes.filter((target) => target !== source).map((target) => ({ source, target })),
);

async function translate(texts: readonly string[], options: TranslateOptions) {
  await using translator = await Translator.load();
  return await translator.translateBatch(texts, options);
}

t.test('when 200 sentences of the grammar are translated, 95 % are exact', async (t) => {
  await using translator = await Translator.load();
  for (const { source, target } of directions) {
    const texts = demoSentences.map((sentence) => sentence[source]);
    const exact = async (options: Partial<TranslateOptions>): Promise<number> => {
      const found = await translator.translateBatch(texts, { source, target, ...options });
      t.ok(found.every(({ problem }) => problem === undefined));
      return found.filter(({ text }, i) => text === demoSentences[i]?.[target]).length;
    };
    t.ok((await exact({})) >= 190, `${source} to ${target}`);
    t.ok((await exact({ beamSize: 4, lengthPenalty: 0 })) >= 190, `${source} to ${target}, beam`);
  }
});

t.test('when other scripts are left out, the same text comes', async (t) => {
  await using translator = await Translator.load();
  // Beside the grammar: names, numbers and words that are no Hindi, in Latin letters.
  const odd = ['Call NASA at 10:45.', 'This is Zorro.', 'My iPhone costs $99.', 'Maria, wait!'];
  for (const { source, target } of directions) {
    const texts = [...demoSentences.map((sentence) => sentence[source]), ...odd];
    const [some, all] = await Promise.all(
      [true, false].map((restrictOutput) =>
        translator.translateBatch(texts, { source, target, restrictOutput }),
      ),
    );
    t.same(
      some?.map(({ text }) => text),
      all?.map(({ text }) => text),
      `${source} to ${target}`,
    );
  }
});

t.test('when a Latin word stands in the source, a Hindi text may hold it', async (t) => {
  const [found] = await translate(['This is my uncle.'], {
    source: 'en',
    target: 'hi',
    targetPrefix: 'uncle',
  });
  t.match(found?.text, /^uncle/u);
});

t.test('when a text is empty, or holds nothing to translate, it says so', async (t) => {
  t.same(await translate([], { source: 'en', target: 'es' }), []);
  const found = await translate(['', '  ', '… 12:30 …', 'Do not worry.'], {
    source: 'en',
    target: 'es',
  });
  t.same(found.slice(0, 3), [
    { text: '', score: 0 },
    { text: '', score: 0 },
    { text: '… 12:30 …', score: 0, problem: 'nothing-to-translate' },
  ]);
  t.equal(found[3]?.text, 'No te preocupes.');
});

t.test('when a text cannot be translated, it is marked and not given back', async (t) => {
  const found = await translate(['你好吗？我很好。', 'Do not worry. 你好吗？'], {
    source: 'en',
    target: 'es',
  });
  t.same(found[0], { text: '', score: 0, problem: 'unknown-text' });
  t.match(found[1], { text: /^No te preocupes\./u, problem: 'unknown-text' });
  const [cut] = await translate(['Come with me to the office because I am hungry.'], {
    source: 'en',
    target: 'es',
    maxLength: 3,
  });
  t.equal(cut?.problem, 'cut-off');
});

t.test('when a text has many sentences and lines, none is lost', async (t) => {
  const some = demoSentences.slice(0, 60);
  const text = some.map(({ en }) => en).join(' ');
  const [whole] = await translate([text], { source: 'en', target: 'es' });
  t.equal(whole?.text, some.map(({ es }) => es).join(' '));
  const lines = 'I am hungry.\r\n\r\nThis is my uncle. Do not worry.\n';
  const [kept] = await translate([lines], { source: 'en', target: 'es' });
  t.equal(kept?.text, 'Tengo hambre.\r\n\r\nEste es mi tío. No te preocupes.\n');
  // Without an end of a sentence: longer than the model's 256 positions, so it is cut at words.
  const long = Array.from({ length: 400 }, () => 'my friend').join(' ');
  const [parts] = await translate([long], { source: 'en', target: 'es', maxLength: 300 });
  t.ok((parts?.text.split(' ').length ?? 0) > 30, 'every part has a translation');
});

t.test('when alternatives and a prefix are asked for, they come', async (t) => {
  const [found] = await translate(['This is my uncle.'], {
    source: 'en',
    target: 'es',
    beamSize: 4,
    alternatives: 3,
  });
  t.equal(found?.alternatives?.length, 3);
  t.equal(found?.alternatives?.[0]?.text, found?.text);
  const scores = found?.alternatives?.map(({ score }) => score) ?? [];
  t.same(
    scores,
    scores.toSorted((a, b) => b - a),
    'the best first',
  );
  const [begun] = await translate(['This is my uncle.'], {
    source: 'en',
    target: 'es',
    targetPrefix: 'Esta',
    scores: false,
  });
  t.match(begun?.text, /^Esta /u);
  t.equal(begun?.score, 0);
});

t.test('when options or languages are wrong, the errors name them', async (t) => {
  await using translator = await Translator.load();
  const call = (options: object) => translator.translateBatch(['x'], options as TranslateOptions);
  const wrong = { code: 'CPW_INVALID_OPTIONS' };
  await t.rejects(call({ source: 'en', target: 'es', beamsize: 2 }), {
    ...wrong,
    message: /did you mean beamSize/u,
  });
  const text = 'a text' as unknown as string[];
  await t.rejects(translator.translateBatch(text, { source: 'en', target: 'es' }), wrong);
  await t.rejects(call({ target: 'es' }), { ...wrong, message: /source/u });
  await t.rejects(call({ source: 'en', target: 'es', alternatives: 2 }), wrong);
  await t.rejects(call({ source: 'en', target: 'es', minLength: 9, maxLength: 3 }), wrong);
  await t.rejects(call({ source: 'en', target: 'eng_Latn' }), wrong);
  const unsupported = { code: 'CPW_UNSUPPORTED_LANGUAGE', message: /en, es, hi/u };
  await t.rejects(call({ source: 'en', target: 'de' }), unsupported);
  await t.rejects(call({ source: 'fr', target: 'es' }), unsupported);
  await t.rejects(call({ source: 'en', target: 'xx' }), { code: 'CPW_UNSUPPORTED_LANGUAGE' });
  await t.rejects(Translator.load('demo', { device: 'cpu', deviceIndex: 1 }), wrong);
  await t.rejects(Translator.load('demo', { computeType: 'int7' as 'int8' }), wrong);
  await t.rejects(Translator.load('base'), { code: 'CPW_MODEL_INCOMPATIBLE' });
  await t.rejects(Translator.load('./nowhere'), { code: 'CPW_MODEL_NOT_FOUND' });
});

t.test('when a model of this shape is damaged, the file and the reason are named', async (t) => {
  const root = await mkdtemp(path.join(tmpdir(), 'cpw-translation-'));
  t.teardown(() => rm(root, { recursive: true }));
  const damaged = async (name: string, change: (file: string) => Promise<unknown>) => {
    const folder = await mkdtemp(path.join(root, 'model-'));
    await cp(demoFolder(), folder, { recursive: true });
    await change(path.join(folder, name));
    return Translator.load(folder);
  };
  const bad = { code: 'CPW_MODEL_INCOMPATIBLE' };
  await t.rejects(
    damaged('model.bin', (file) => truncate(file, 1_000_000)),
    bad,
  );
  await t.rejects(
    damaged('sentencepiece.bpe.model', (file) => truncate(file, 100_001)),
    bad,
  );
  await t.rejects(
    damaged('sentencepiece.bpe.model', (file) => appendFile(file, 'x')),
    bad,
  );
  await t.rejects(
    damaged('sentencepiece.bpe.model', (file) => writeFile(file, '')),
    bad,
  );
  await t.rejects(
    damaged('sentencepiece.bpe.model', (file) => rm(file)),
    bad,
  );
  await t.rejects(
    damaged('config.json', (file) => writeFile(file, '{"eos_token":3}')),
    bad,
  );
  await t.rejects(
    damaged('shared_vocabulary.json', async (file) => {
      const tokens = JSON.parse(await readFile(file, 'utf8')) as string[];
      await writeFile(file, JSON.stringify(tokens.slice(0, -1)));
    }),
    bad,
  );
});

import fc from 'fast-check';
import t from 'tap';
import type { Glossary, GlossaryTerm } from '../../src/text/glossary.js';
import { translateWithGlossary, type Translate } from '../../src/text/glossary-enforce.js';
import { coverageReport } from '../../src/text/glossary-report.js';

const term = (source: string, ...targets: string[]): GlossaryTerm => ({
  source,
  targets,
  kind: 'term',
  from: 'test:1',
});
const glossary: Glossary = {
  terms: [
    term('warp drive', 'motor de curvatura', 'motor warp'),
    term('ship', 'nave'),
    term('Kirk', 'Kirk'),
    term('red shirt'),
  ],
  notes: [],
};

/** A translator by a table; what is not in it comes back as it is. */
function by(table: Readonly<Record<string, string>>): Translate & { readonly asked: string[][] } {
  const asked: string[][] = [];
  const translate = async (texts: readonly string[]): Promise<string[]> => {
    asked.push([...texts]);
    return texts.map((text) => table[text] ?? text);
  };
  return Object.assign(translate, { asked });
}

const run = (texts: readonly string[], translate: Translate, enforce = true) =>
  translateWithGlossary(texts, glossary, { source: 'en', target: 'es', translate, enforce });

t.test('when no term stands in a text, it is translated once and left alone', async (t) => {
  const translate = by({ Hello: 'Hola' });
  t.strictSame(await run(['Hello', ''], translate), { texts: ['Hola', ''], uses: [] });
  t.equal(translate.asked.length, 1);
  t.strictSame(await run([], translate), { texts: [], uses: [] });
});

t.test('when the model writes a term as the glossary has it, nothing is done', async (t) => {
  const translate = by({ 'A warp drive.': 'Un motor warp.', 'Kirk!': '¡Kirk!' });
  const { texts, uses } = await run(['A warp drive.', 'Kirk!'], translate);
  t.strictSame(texts, ['Un motor warp.', '¡Kirk!']);
  t.strictSame(
    uses.map(({ outcome }) => outcome),
    ['model', 'model'],
  );
  t.equal(translate.asked.length, 1);
});

t.test('when a placeholder comes through, the term stands in its place and case', async (t) => {
  const translate = by({
    'Warp drive, SHIP and ship': 'Impulso, BARCO y barco',
    'X1Q, X2Q and X3Q': 'x1q, X3Q y X2Q',
  });
  const { texts, uses } = await run(['Warp drive, SHIP and ship'], translate);
  t.strictSame(texts, ['Motor de curvatura, nave y NAVE']);
  t.ok(uses.every(({ outcome }) => outcome === 'placeholder'));
  t.match(uses[1], { found: 'SHIP', start: 12, text: 0 });
});

t.test('when one kind of placeholder breaks, the next is tried', async (t) => {
  const source = 'the ship sails';
  const broken = ['el X 1 Q zarpa', 'el zarpa', 'X1Q X1Q zarpa', 'el X1Qs zarpa', 'X1Q'];
  for (const translation of broken) {
    const translate = by({
      [source]: 'el gran barco zarpa hoy mismo',
      'the X1Q sails': translation,
      'the 70001 sails': 'la ७०००१ zarpa hoy mismo',
    });
    const { texts } = await run([source], translate);
    t.strictSame(texts, ['la nave zarpa hoy mismo'], translation);
  }
  const taken = by({ 'X1Q ship': 'X1Q barco', 'X1Q 70001': 'X1Q 70001' });
  t.strictSame((await run(['X1Q ship'], taken)).texts, ['X1Q nave'], 'one that is there already');
});

t.test("when none comes through, the model's own rendering is replaced", async (t) => {
  const lost = { 'the X1Q sails': 'zarpa', 'the 70001 sails': 'zarpa' };
  const translate = by({ ...lost, 'the ship sails': 'el barco zarpa', ship: 'Barco.' });
  const { texts, uses } = await run(['the ship sails'], translate);
  t.strictSame(texts, ['el nave zarpa']);
  t.equal(uses[0]?.outcome, 'replaced');
  const copied = by({ ...lost, 'the ship sails': 'el ship zarpa', ship: 'buque' });
  t.strictSame((await run(['the ship sails'], copied)).texts, ['el nave zarpa']);
});

t.test('when nothing helps, the translation stays and the reason is told', async (t) => {
  const lost = { 'the X1Q sails': 'zarpa X1Q X1Q', 'the 70001 sails': 'zarpa' };
  const translate = by({ ...lost, 'the ship sails': 'el buque zarpa', ship: 'barco' });
  const { texts, uses } = await run(['Hi', 'the ship sails'], translate);
  t.strictSame(texts, ['Hi', 'el buque zarpa']);
  t.match(uses, [
    { text: 1, outcome: 'missing', reason: /dropped or changed the placeholder 70001, and what/ },
  ]);
  const report = coverageReport(uses, glossary);
  t.match(report, { found: 1, applied: 0, coverage: 0, unused: ['warp drive', 'Kirk'] });
  t.match(report.terms, [{ source: 'ship', target: 'nave', missing: [{ text: 1 }] }]);
  t.equal(coverageReport([], glossary).coverage, 1);
});

t.test('when terms are only reported, the translation is left alone', async (t) => {
  const translate = by({ ship: 'barco' });
  const { texts, uses } = await run(['ship'], translate, false);
  t.strictSame(texts, ['barco']);
  t.equal(translate.asked.length, 1);
  t.match(uses, [{ outcome: 'missing', reason: 'the model translated it otherwise' }]);
});

t.test('when the translator loses a text or fails, that is an error', async (t) => {
  await t.rejects(
    run(['a', 'b'], async () => ['a']),
    { code: 'CPW_INTERNAL', message: /1 .* 2/ },
  );
  const failed = new Error('out of order');
  await t.rejects(
    run(['a'], () => Promise.reject(failed)),
    failed,
  );
});

const pieces = [
  'ship',
  'ships',
  'Ship',
  'SHIP',
  'warp drive',
  'Kirk',
  "Kirk's",
  'the',
  'X1Q',
  '7',
  '.',
];
const sentences = fc.array(
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((some) => some.join(' ')),
  { maxLength: 5 },
);

t.test('when a model copies all, terms change, the rest stays, and twice is as once', async (t) => {
  const copy: Translate = async (texts) => texts;
  const property = fc.asyncProperty(sentences, async (texts) => {
    const once = await run(texts, copy);
    const expected = texts.map((text) =>
      text
        .replaceAll(/\bship\b/gu, 'nave')
        .replaceAll(/\bShip\b/gu, 'Nave')
        .replaceAll(/\bSHIP\b/gu, 'NAVE')
        .replaceAll('warp drive', 'motor de curvatura'),
    );
    t.strictSame(once.texts, expected);
    t.ok(once.uses.every(({ outcome }) => outcome !== 'missing'));
    const twice = await run(once.texts, copy);
    t.strictSame(twice.texts, once.texts);
  });
  await fc.assert(property, { numRuns: 200 });
});

t.test('when a model garbles what it likes, nothing is lost and nothing is claimed', async (t) => {
  const property = fc.asyncProperty(
    sentences,
    fc.infiniteStream(fc.nat(6)),
    async (texts, draw) => {
      const garble = (text: string): string =>
        text
          .split(' ')
          .flatMap((word) => {
            const { value } = draw.next() as { value: number };
            return value === 0
              ? []
              : value === 1
                ? [word, word]
                : value === 2
                  ? [`${word}s`]
                  : [word];
          })
          .join(' ');
      const plain = texts.map(garble);
      let first = true;
      const translate: Translate = async (asked) => {
        if (!first) return asked.map(garble);
        first = false;
        return plain;
      };
      const { texts: out, uses } = await run(texts, translate);
      t.equal(out.length, texts.length);
      for (const [index, text] of out.entries()) {
        const own = uses.filter((use) => use.text === index);
        if (own.length === 0) t.equal(text, plain[index]);
        for (const { term: one, outcome } of own) {
          const there = one.targets.some((form) => text.toLowerCase().includes(form.toLowerCase()));
          if (outcome !== 'missing') t.ok(there, `${one.source} in ${text}`);
        }
      }
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { loadGlossary, isWrittenIn, type GlossaryTerm } from '../../src/text/glossary.js';
import { recognitionHints, tokensAtMost } from '../../src/text/glossary-hints.js';
import { formatNames } from '../../src/text/names-tsv.js';
import { termFinder } from '../../src/text/glossary-match.js';
import { inCaseOf } from '../../src/text/term-case.js';

const dir = t.testdir();
function file(name: string, text: string | Buffer): string {
  const made = path.join(dir, name);
  writeFileSync(made, text);
  return made;
}
const enEs = { source: 'en', target: 'es' };
const term = (source: string, ...targets: string[]): GlossaryTerm => ({
  source,
  targets,
  kind: 'term',
  from: 'test:1',
});

/** What is found of some terms in a text, as it stands there. */
function found(terms: readonly string[], text: string, language = 'en'): readonly string[] {
  return termFinder(terms, { formOf: (one) => one, language })(text).map((match) => {
    t.equal(text.slice(match.start, match.end), match.found);
    return `${match.term}@${match.start}`;
  });
}

t.test('when a glossary cannot be read, the file, the line and the reason are told', async (t) => {
  const load = (name: string, text: string | Buffer) =>
    loadGlossary({ files: [file(name, text)] }, enEs);
  await t.rejects(loadGlossary({ files: ['/nowhere.tsv'] }, enEs), { code: 'CPW_FILE_NOT_FOUND' });
  await t.rejects(load('a.tsv', 'one\tuno\n\n\ttwo\n'), {
    code: 'CPW_INVALID_OPTIONS',
    message: /a\.tsv", line 3: the source term is missing/,
  });
  await t.rejects(load('b.tsv', 'one\t"uno\n'), { message: /line 1: a quoted cell is broken/ });
  await t.rejects(load('c.tsv', 'x\ty\n"a\nb"\tc\n#\n# z\nf\t"g"h\n'), {
    message: /line 6: a quoted/,
  });
  await t.rejects(load('c.csv', 'source,target\nuncle,tío\n'), {
    message: /line 1: columns are separated by tabs, and there is none but ","; save/,
  });
  await t.rejects(load('d.tsv', 'a\tb\tc\td\te\n'), { message: /line 1: there are 5 cells for 4/ });
  await t.rejects(load('e.tsv', Buffer.from('se\xf1or\tx\n', 'latin1')), {
    message: /not in UTF-8/,
  });
  const names = loadGlossary({ namesFiles: [file('names.tsv', 'Tony Stark\n')] }, enEs);
  await t.rejects(names, {
    message: /line 1: a table of names begins with a row of language codes/,
  });
});

t.test('when a glossary has no header, its columns have the usual order', async (t) => {
  const text =
    '\uFEFF# a comment\t"with a quote\r\nwarp drive\tmotor de curvatura|motor warp\tship\tscene 3\r\n' +
    '"the ""Bird"""\t"el\n«Pájaro»"\r\n  red   shirt\t\n';
  const { terms, notes } = await loadGlossary({ files: [file('plain.tsv', text)] }, enEs);
  t.strictSame(terms, [
    {
      source: 'warp drive',
      targets: ['motor de curvatura', 'motor warp'],
      kind: 'term',
      notes: 'ship',
      context: 'scene 3',
      from: 'plain.tsv:2',
    },
    { source: 'the "Bird"', targets: ['el «Pájaro»'], kind: 'term', from: 'plain.tsv:3' },
    { source: 'red shirt', targets: [], kind: 'term', from: 'plain.tsv:5' },
  ]);
  t.strictSame(notes, []);
  const wide = Buffer.from('\uFEFFship\tnave\n', 'utf16le');
  t.match(await loadGlossary({ files: [file('wide.tsv', wide)] }, enEs), {
    terms: [{ source: 'ship' }],
  });
});

t.test('when columns are called by languages, each target gets its own', async (t) => {
  const text = 'Term\ttarget\tes\tpt-BR\tcolour\nship\tX\tnave\tnavio\tred\nmoon\tY\t\t\t\n';
  const files = [file('many.tsv', text)];
  const targets = async (target?: string): Promise<readonly string[]> =>
    (await loadGlossary({ files }, { source: 'en', target })).terms.map((one) =>
      one.targets.join(),
    );
  t.strictSame(await targets('es-MX'), ['nave', 'Y'], 'Spanish wherever it is spoken');
  t.strictSame(await targets('pt'), ['navio', 'Y']);
  t.strictSame(await targets('de'), ['X', 'Y']);
  t.strictSame(await targets(), ['', ''], 'without a target they only help recognition');
  t.match((await loadGlossary({ files }, enEs)).notes, [/column "colour" is not read/]);
  const bound = { files: [file('terms.es.tsv', 'ship\tnave\n')] };
  t.strictSame((await loadGlossary(bound, enEs)).terms[0]?.targets, ['nave']);
  const hindi = await loadGlossary(bound, { source: 'en', target: 'hi' });
  t.strictSame(hindi.terms[0]?.targets, [], 'a file for Spanish says nothing of Hindi');
});

t.test('when a name is given in scripts, the one of the target is taken or it stays', async (t) => {
  const text =
    'en\thi\thi-Latn\tnotes\nTony Stark|Stark\tटोनी स्टार्क\tTony Stark\thero\nPepper\t\t\t\n';
  const namesFiles = [file('names.tsv', text)];
  const pairs = async (source: string, target: string): Promise<readonly string[]> =>
    (await loadGlossary({ namesFiles }, { source, target })).terms.map(
      (one) => `${one.source}>${one.targets.join()}`,
    );
  t.strictSame(await pairs('en', 'hi'), ['Tony Stark>टोनी स्टार्क', 'Stark>टोनी स्टार्क', 'Pepper>']);
  t.strictSame(await pairs('en', 'es'), ['Tony Stark>Tony Stark', 'Stark>Stark', 'Pepper>Pepper']);
  t.strictSame(await pairs('en', 'hi-Latn'), [
    'Tony Stark>Tony Stark',
    'Stark>Tony Stark',
    'Pepper>Pepper',
  ]);
  t.strictSame(await pairs('hi', 'en'), [
    'टोनी स्टार्क>Tony Stark,Stark',
    'Tony Stark>Tony Stark,Stark',
  ]);
  t.ok(isWrittenIn('東京タワー', 'ja') && !isWrittenIn('Tokyo', 'ja'));
});

t.test('when names are written as a table, they are read as they were', async (t) => {
  const form = fc
    .string({ unit: 'grapheme', maxLength: 8 })
    .map((text) =>
      text
        .normalize('NFC')
        .replaceAll(/[\s|]+/gu, ' ')
        .trim(),
    )
    .filter((text) => text !== '');
  const pair = fc.record({ en: form, hi: form }, { noNullPrototype: true });
  const pairs = fc.uniqueArray(pair, { selector: ({ en }) => en, minLength: 1 });
  const property = fc.asyncProperty(pairs, async (some) => {
    const names = some.map(({ en, hi }) => ({
      forms: new Map([
        ['en', [en]],
        ['hi', [hi, 'x y']],
      ]),
      from: 'x',
    }));
    const namesFiles = [file('round.tsv', formatNames(names))];
    const { terms } = await loadGlossary({ namesFiles }, { source: 'en', target: 'hi' });
    t.strictSame(
      terms.map(({ source, targets }) => ({ en: source, hi: targets[0] })),
      some,
    );
  });
  await fc.assert(property, { numRuns: 300 });
});

t.test('when a term comes twice, the first counts and the other is told', async (t) => {
  const files = [file('twice.tsv', 'ship\t\nship\tnave\nship\tbarco\nship\tnave\n')];
  const { terms, notes } = await loadGlossary({ files }, enEs);
  t.strictSame(
    terms.map((one) => one.targets.join()),
    ['nave'],
  );
  t.match(notes, [/twice\.tsv:3: "ship" stands in twice\.tsv:2 already/]);
  t.equal(notes.length, 1);
});

t.test('when a text holds a term inside of a longer word, it is not found', (t) => {
  t.strictSame(found(['art'], 'start art party arts, the art.'), ['art@6', 'art@26']);
  t.strictSame(found(['Kirk'], "Kirks Kirk's Kirk’s Dunkirk KIRK'S"), [
    'Kirk@6',
    'Kirk@13',
    'Kirk@28',
  ]);
  t.strictSame(found(['किताब'], 'किताबें किताब, किताबों में किताब।', 'hi'), ['किताब@8', 'किताब@27']);
  t.strictSame(found(['Enterprise'], "l'Enterprise et l’Enterprise", 'fr'), [
    'Enterprise@2',
    'Enterprise@18',
  ]);
  t.strictSame(found(['東京'], '東京タワーは東京にある。', 'ja'), ['東京@6']);
  t.strictSame(found(['3.5'], '3.5 13.5 3.55'), ['3.5@0']);
  t.strictSame(found(['C++', 'C'], 'C++ and C'), ['C++@0', 'C@8']);
  t.end();
});

t.test('when terms overlap, the longest wins; white space and marks do not matter', (t) => {
  const terms = ['New York', 'York City Hall', 'York', 'New'];
  t.strictSame(found(terms, 'New York City Hall in New York'), [
    'New@0',
    'York City Hall@4',
    'New York@22',
  ]);
  t.strictSame(found(['New York'], 'New  \n York'), ['New York@0']);
  t.strictSame(found(['café'], 'cafe\u0301 bar'), ['café@0'], 'composed or not');
  t.strictSame(found(["rock'n'roll"], 'Rock’n’Roll!'), ["rock'n'roll@0"]);
  t.end();
});

t.test('when a term has capitals of its own, other words stay', (t) => {
  t.strictSame(found(['US'], 'us US Us'), ['US@3']);
  t.strictSame(found(['Apple'], 'an apple, Apple and APPLE'), ['Apple@10', 'Apple@20']);
  t.strictSame(found(['warp drive'], 'Warp drive WARP DRIVE Warp Drive').length, 3);
  const like = (text: string, source: string): string =>
    inCaseOf('motor de curvatura', { found: text, source, language: 'es' });
  t.equal(like('warp drive', 'warp drive'), 'motor de curvatura');
  t.equal(like('Warp drive', 'warp drive'), 'Motor de curvatura');
  t.equal(like('WARP DRIVE', 'warp drive'), 'MOTOR DE CURVATURA');
  t.equal(like('Apple', 'Apple'), 'motor de curvatura', 'as the glossary has it');
  t.equal(inCaseOf('इंजन', { found: 'WARP', source: 'warp', language: 'hi' }), 'इंजन');
  t.equal(inCaseOf('istanbul', { found: 'CITY', source: 'city', language: 'tr' }), 'İSTANBUL');
  t.end();
});

const words = ['art', 'arts', 'start', 'the art', 'कला', 'कलाकार', 'ÉTÉ', 'x1', 'artist', 'of art'];

t.test('when any text is searched, matches are whole words, apart, and none was missed', (t) => {
  const find = termFinder(words, { formOf: (one) => one, language: 'en' });
  const texts = fc.array(fc.constantFrom(...words, ' ', '.', "'s", '-', '\n', 'é', '\u0301', 'X'));
  fc.assert(
    fc.property(texts, (parts) => {
      const text = parts.join('');
      const segments = [...new Intl.Segmenter('en', { granularity: 'word' }).segment(text)];
      const starts = new Set([...segments.map(({ index }) => index), text.length]);
      const matches = find(text);
      let last = 0;
      for (const { start, end } of matches) {
        if (start < last || !starts.has(start)) return false;
        if (!starts.has(end) && !/^['’]s/iu.test(text.slice(end))) return false;
        last = end;
      }
      // Every segment that is a term in itself is covered.
      return segments.every(({ segment, index }) => {
        if (!words.includes(segment)) return true;
        return matches.some(({ start, end }) => start <= index && index + segment.length <= end);
      });
    }),
    { numRuns: 2000 },
  );
  t.end();
});

t.test('when terms become hotwords, names come first and what does not fit is told', (t) => {
  const many = Array.from({ length: 100 }, (_, index) => term(`term number ${index}`));
  const name: GlossaryTerm = { ...term('Zbigniew'), kind: 'name' };
  const { hotwords, told, left } = recognitionHints([...many, name]);
  t.match(hotwords, /^Zbigniew, term number 0, /);
  t.equal(told.length + left.length, 101);
  t.ok(tokensAtMost(hotwords) <= 223 + told.length, 'with a separator each');
  t.ok(told.length > 15 && left.length > 15, `${told.length} told`);
  t.strictSame(recognitionHints([]), { hotwords: '', told: [], left: [] });
  const prompt = 'word '.repeat(80);
  t.equal(recognitionHints(many, { prompt }).told.length, 0, 'the prompt took the room');
  t.ok(tokensAtMost('अमिताभ बच्चन') >= 16, "what Whisper's vocabulary takes");
  t.end();
});

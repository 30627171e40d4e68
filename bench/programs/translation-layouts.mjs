// The shapes of two models that are used, and made-up pieces for them.

/** A letter of each script, to make pieces of. */
const letters = {
  Latn: ['a', 26],
  Cyrl: ['а', 32],
  Arab: ['ب', 20],
  Deva: ['क', 36],
  Hani: ['一', 200],
  Beng: ['ক', 20],
  Ethi: ['ሀ', 60],
  Hang: ['가', 200],
  Thai: ['ก', 40],
  Taml: ['அ', 6],
};

// Where NLLB's pieces belong is an assumption by its list of languages, of which three in five are
// written in Latin letters; the measured time for a Latin target hangs on it.
const nllbShares = {
  Latn: 0.6,
  Cyrl: 0.09,
  Arab: 0.09,
  Deva: 0.05,
  Hani: 0.05,
  Beng: 0.03,
  Ethi: 0.03,
  Hang: 0.02,
  Thai: 0.02,
  Taml: 0.02,
};

export const layouts = {
  nllb: {
    width: 1024,
    inner: 4096,
    layers: 12,
    heads: 16,
    positions: 1026,
    preNorm: true,
    activation: 0,
    startsFromZero: false,
    vocabulary: 256_206,
    shares: nllbShares,
    languages: ['eng_Latn', 'spa_Latn', 'hin_Deva'],
    pieceFiles: ['sentencepiece.bpe.model'],
  },
  opus: {
    width: 512,
    inner: 2048,
    layers: 6,
    heads: 8,
    positions: 512,
    preNorm: false,
    activation: 2,
    startsFromZero: true,
    vocabulary: 65_001,
    shares: { Latn: 1 },
    languages: [],
    pieceFiles: ['source.spm', 'target.spm'],
  },
};

/** Every piece but the special ones: half of a script's begin a word. */
export function piecesOf({ vocabulary, shares, languages }) {
  const count = vocabulary - 4 - languages.length;
  const pieces = [];
  const scripts = Object.entries(shares);
  scripts.forEach(([script, share], i) => {
    const rest = i + 1 === scripts.length;
    const wanted = rest ? count - pieces.length : Math.round(share * count);
    for (let n = 0; n < wanted; n += 1) {
      const word = wordOf(script, n >> 1);
      pieces.push(n % 2 === 0 ? `▁${word}` : `${word}-`);
    }
  });
  return pieces;
}

/** The n-th word of four letters or more: numbers with the script's letters as digits. */
function wordOf(script, n) {
  const [first, base] = letters[script];
  let word = '';
  for (let rest = n, i = 0; i < 4 || rest > 0; i += 1) {
    word += String.fromCodePoint(first.codePointAt(0) + (rest % base));
    rest = Math.floor(rest / base);
  }
  return word;
}

/**
 * Sentences of made-up Latin words, 1.4 pieces a word: of five words two have a second piece, which
 * ends in a hyphen.
 */
export function sentencesOf(wordsInAll, wordsInOne) {
  const sentences = [];
  for (let word = 0; word < wordsInAll;) {
    const words = [];
    for (; words.length < wordsInOne && word < wordsInAll; word += 1) {
      const n = (word * 7919) % 12_000;
      words.push(wordOf('Latn', n) + (word % 5 < 2 ? `${wordOf('Latn', n + 1)}-` : ''));
    }
    sentences.push(words.join(' '));
  }
  return sentences;
}

import { primaryLanguage } from '../text/locale.js';

/** Words by which a line may or may not break, in small letters. */
export interface BreakWords {
  /** Begin a clause: a line does well to begin with one. */
  readonly before: ReadonlySet<string>;
  /** Begin a phrase: not as good as a clause, better than any word. */
  readonly phrase: ReadonlySet<string>;
  /** Belong to the word after them: no line should end with one. */
  readonly leads: ReadonlySet<string>;
  /** Belong to the word before them: no line should begin with one. */
  readonly trails: ReadonlySet<string>;
}

interface Row {
  readonly before: string;
  readonly phrase?: string;
  readonly leads?: string;
  readonly trails?: string;
}

const rows: Readonly<Record<string, Row>> = {
  en: {
    before:
      'and but or nor so yet because although though while when whenever where wherever if unless until till since that which who whom whose what why how whether than before after as',
    phrase:
      'of in on at to from with without by for about over under into onto through between among against across around behind beside beyond during toward towards upon like near off out up down per via',
    leads:
      "a an the my your his her its our their this these those some any every each no very not i you he she we they it's i'm you're he's she's we're they're there is are was were be been am will would shall should can could may might must do does did don't doesn't didn't won't can't have has had to of in on at from with by for mr mrs ms dr st mister miss",
  },
  es: {
    before:
      'y e o u pero sino aunque porque pues que cuando donde como si mientras hasta quien quienes cual cuales cuyo cuya para ni',
    phrase:
      'de del en a al con sin por sobre entre desde hacia contra según durante tras ante bajo',
    leads:
      'el la los las lo un una unos unas mi mis tu tus su sus nuestro nuestra este esta estos estas ese esa aquel aquella de del en a al con sin por para y e o u que no muy se me te le les nos más tan ha he han había es son era fue está sr sra dr dra señor señora don doña',
  },
  fr: {
    before:
      "et mais ou donc or ni car que qui quand où comme si lorsque puisque parce afin pour dont tandis pendant jusqu'à",
    phrase:
      'de du des en à au aux dans avec sans par sur sous entre vers chez contre depuis après avant',
    leads:
      'le la les un une des du de mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette ces à au aux en dans avec sans par pour sur et ou que qui je tu il elle on nous vous ils elles ne se me te très plus est sont a ai as ont était été m mme mlle dr monsieur madame',
  },
  de: {
    before:
      'und aber oder denn sondern dass daß weil wenn als ob obwohl während bevor nachdem damit sobald bis wie wo der die das welcher welche welches wer was',
    phrase:
      'in im an am auf aus bei beim mit nach seit von vom zu zum zur für durch gegen ohne um über unter vor hinter neben zwischen',
    leads:
      'der die das den dem des ein eine einen einem einer eines mein meine dein deine sein seine ihr ihre unser unsere kein keine dieser diese dieses in im an am auf aus bei beim mit nach seit von vom zu zum zur für durch gegen ohne um über unter vor und oder nicht sehr ich du er sie es wir hr fr dr herr herrn frau',
  },
  pt: {
    before:
      'e mas ou porém porque pois que quando onde como se enquanto embora até quem cujo cuja para nem',
    phrase:
      'de do da dos das em no na nos nas a ao à com sem por pelo pela sobre entre desde contra durante',
    leads:
      'o a os as um uma uns umas meu minha teu tua seu sua nosso nossa este esta esse essa aquele aquela de do da dos das em no na nos nas ao à com sem por para e ou que não muito se me te lhe mais tão é são era foi está tem sr sra dr dra senhor senhora dona',
  },
  it: {
    before:
      'e ed ma o oppure però perché poiché che chi cui quando dove come se mentre finché anche affinché quindi né',
    phrase:
      'di del della dei delle in nel nella a al alla con senza per su sul sulla tra fra da dal dalla verso contro durante',
    leads:
      "il lo la i gli le l' un uno una mio mia tuo tua suo sua nostro nostra questo questa quello quella di del della dei delle in nel nella a al alla con senza per su sul da dal dalla e ed o che non molto si mi ti ci vi più è sono era ha ho hanno sig dott signor signora",
  },
  hi: {
    before:
      'और लेकिन मगर परन्तु परंतु किन्तु किंतु या कि क्योंकि अगर यदि तो जब जहाँ जहां जो जिसने जिसे इसलिए ताकि फिर तब जैसे',
    leads:
      'एक यह वह ये वे इस उस इन उन मेरा मेरी मेरे तेरा हमारा उसका उसकी उसके इसका इसकी इसके अपना अपनी अपने बहुत नहीं न मत डॉ श्री',
    trails:
      'का की के को में से पर ने तक लिए साथ बाद पहले वाला वाली वाले ही भी है हैं हूँ हूं हो था थी थे गा गी गे रहा रही रहे गया गई गए जी',
  },
  ar: {
    before:
      'و لكن لأن لان إذا اذا عندما حين حيث الذي التي الذين أن ان كي حتى ثم أو او بينما لو كما',
    phrase: 'في من إلى الى على عن مع بين بعد قبل عند تحت فوق خلال',
    leads: 'في من إلى الى على عن مع بين لا لم لن ما قد هذا هذه ذلك تلك يا كل أن ان إن',
  },
  zh: {
    before:
      '但是 但 可是 不过 然而 因为 所以 因此 而且 并且 而 和 与 或 或者 如果 虽然 尽管 当 然后 那么 就 因為 所以 雖然 儘管 當 然後 那麼 並且 還是 还是 後來 后来 于是 於是 直到',
    leads:
      '一 这 那 这个 那个 這 這個 那個 我 你 他 她 我们 你们 他们 我們 你們 他們 很 太 不 没 没有 最 在 把 被 从 对',
    trails: '的 了 着 过 地 得 吗 呢 吧 啊 呀 们 們 過 嗎 著',
  },
  th: {
    before: 'และ แต่ หรือ เพราะ ถ้า เมื่อ ที่ ซึ่ง ว่า จึง แล้ว เพื่อ',
    leads: 'ไม่ ใน ของ กับ จาก ความ การ จะ ได้',
    trails: 'ครับ ค่ะ คะ นะ ๆ',
  },
  // In Japanese the letters tell, not a table: see breakAt.
  ja: { before: 'しかし でも だから そして それで けれど なぜなら また もし' },
};

const tables = new Map(Object.entries(rows).map(([language, row]) => [language, tableOf(row)]));
const none = tableOf({ before: '' });

/** The tables of a language; another's than those known has empty ones. */
export function breakWordsOf(language: string | undefined): BreakWords {
  const code = primaryLanguage(language);
  return tables.get(code === 'yue' ? 'zh' : code) ?? none;
}

function tableOf({ before, phrase = '', leads = '', trails = '' }: Row): BreakWords {
  const set = (words: string): ReadonlySet<string> => new Set(words.split(' ').filter(Boolean));
  return { before: set(before), phrase: set(phrase), leads: set(leads), trails: set(trails) };
}

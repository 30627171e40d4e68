import { knownFolder } from './known-folders.js';
import { knownGgml } from './known-ggml.js';
import { listedFolder, type ModelSource } from './model-source.js';

export type { ModelFile, ModelSource } from './model-source.js';

/** What a model is for. */
export type ModelRole = 'recognizer' | 'speech-detector' | 'translator';

/** A model that is known by name. */
export interface RegistryEntry {
  readonly name: string;
  readonly role: ModelRole;
  readonly multilingual: boolean;
  /** Of the weights, e.g. `MIT`. */
  readonly licence: string;
  readonly sources: Readonly<Partial<Record<'ggml' | 'ctranslate2', ModelSource>>>;
}

/** The name of the voice activity detector. */
export const SPEECH_DETECTOR = 'silero-vad';

/** Second names, as openai-whisper and faster-whisper use them. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['large', 'large-v3'],
  ['turbo', 'large-v3-turbo'],
]);

const sizes = ['tiny', 'base', 'small', 'medium'];
const distilled = ['small.en', 'medium.en', 'large-v2', 'large-v3', 'large-v3.5'];

/** All models that are known by name, in the order in which they are listed. */
export const registry: readonly RegistryEntry[] = [
  ...sizes.flatMap((size) => [whisper(`${size}.en`), whisper(size)]),
  ...['large-v1', 'large-v2', 'large-v3', 'large-v3-turbo'].map((name) => whisper(name)),
  ...distilled.map((name) => ({ ...whisper(`distil-${name}`), multilingual: false })),
  {
    name: SPEECH_DETECTOR,
    role: 'speech-detector',
    multilingual: true,
    licence: 'MIT',
    sources: sourcesOf({ ggml: knownGgml(SPEECH_DETECTOR) }),
  },
  translator('nllb-200-distilled-600M', 'CC-BY-NC-4.0', nllb600()),
  // Which files these hold is asked of the hub: no listing is known to this project.
  ...['en-de', 'de-en'].map((pair) =>
    translator(`opus-mt-${pair}`, 'CC-BY-4.0', {
      repository: `gaudi/opus-mt-${pair}-ctranslate2`,
      revision: 'main',
    }),
  ),
];

/** The entry of that name or second name. */
export function findModel(name: string): RegistryEntry | undefined {
  const canonical = canonicalName(name);
  return registry.find((entry) => entry.name === canonical);
}

/** `large` becomes `large-v3`; names that are no second name stay. */
export function canonicalName(name: string): string {
  return aliases.get(name) ?? name;
}

/** Every name that `models pull` takes, second names too. */
export function knownNames(): readonly string[] {
  return [...registry.map(({ name }) => name), ...aliases.keys()];
}

function whisper(name: string): RegistryEntry {
  return {
    name,
    role: 'recognizer',
    multilingual: !name.endsWith('.en'),
    licence: 'MIT',
    sources: sourcesOf({
      ctranslate2: knownFolder(name) ?? distilLargeV2(name),
      ggml: knownGgml(name),
    }),
  };
}

/** The one CTranslate2 folder of which no size and no hash is known to this project. */
function distilLargeV2(name: string): ModelSource | undefined {
  if (name !== 'distil-large-v2') return undefined;
  return {
    repository: 'Systran/faster-distil-whisper-large-v2',
    revision: 'fe9b404fc56de3f7c38606ef9ba6fd83526d05e4',
  };
}

function translator(name: string, licence: string, ctranslate2: ModelSource): RegistryEntry {
  return { name, role: 'translator', multilingual: true, licence, sources: { ctranslate2 } };
}

function nllb600(): ModelSource {
  return listedFolder(
    'JustFrederik/nllb-200-distilled-600M-ct2-int8',
    '302d78f00e6fdb50a1064059df7c392b735e9d05',
    [
      ['config.json', 159, '0c2f6fa2057c7264d052fb4a62ba3476eeae70487acddfa8e779a53a00cbf44c'],
      [
        'shared_vocabulary.txt',
        2_568_098,
        'a132a83330f45514c2476eb81d1d69b3c41762264d16ce0a7ea982e5d6c728e5',
      ],
      [
        'sentencepiece.bpe.model',
        4_852_054,
        '14bb8dfb35c0ffdea7bc01e56cea38b9e3d5efcdcb9c251d6b40538e1aab555a',
      ],
      [
        'model.bin',
        622_595_991,
        'ed1beaf75134de7505315a5223162f56acff397eff6b50638a500d3936fe707b',
      ],
    ],
  );
}

function sourcesOf(sources: {
  readonly ggml?: ModelSource | undefined;
  readonly ctranslate2?: ModelSource | undefined;
}): RegistryEntry['sources'] {
  const { ggml, ctranslate2 } = sources;
  return { ...(ctranslate2 && { ctranslate2 }), ...(ggml && { ggml }) };
}

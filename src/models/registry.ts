/** Where a model's files can be had: a repository on the Hugging Face hub and a file in it. */
export interface ModelSource {
  readonly repository: string;
  /** Absent where the whole repository is the model. */
  readonly file?: string;
}

/** A model that is known by name. */
export interface RegistryEntry {
  readonly name: string;
  readonly role: 'recognizer' | 'speech-detector';
  readonly multilingual: boolean;
  readonly sources: Readonly<Partial<Record<'ggml' | 'ctranslate2', ModelSource>>>;
}

/** The name of the voice activity detector. */
export const SPEECH_DETECTOR = 'silero-vad';

const ggmlRepository = 'ggerganov/whisper.cpp';

/** Second names, as openai-whisper and faster-whisper use them. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['large', 'large-v3'],
  ['turbo', 'large-v3-turbo'],
]);

/** All models that are known by name. They are not fetched yet: downloads come later. */
export const registry: readonly RegistryEntry[] = [
  ...['tiny', 'base', 'small', 'medium'].flatMap((size) => [whisper(`${size}.en`), whisper(size)]),
  ...['large-v1', 'large-v2', 'large-v3'].map((name) => whisper(name)),
  whisper('large-v3-turbo', 'mobiuslabsgmbh/faster-whisper-large-v3-turbo'),
  {
    name: SPEECH_DETECTOR,
    role: 'speech-detector',
    multilingual: true,
    sources: { ggml: { repository: 'ggml-org/whisper-vad', file: 'ggml-silero-v6.2.0.bin' } },
  },
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

function whisper(name: string, repository = `Systran/faster-whisper-${name}`): RegistryEntry {
  return {
    name,
    role: 'recognizer',
    multilingual: !name.endsWith('.en'),
    sources: {
      ggml: { repository: ggmlRepository, file: `ggml-${name}.bin` },
      ctranslate2: { repository },
    },
  };
}

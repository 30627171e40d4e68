// Engines for tests of everything around them: they read the audio and tell its seconds, slowly.
import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const headerBytes = 44;
const bytesPerSecond = 32_000;

/**
 * One segment for each second of a WAV file's 16 kHz audio, each a window of its own. `calls` counts
 * what was asked for; `fail` is asked before each second.
 */
export function scriptedEngines({ windowMs = 5, silent = false, fail, textOf } = {}) {
  const calls = { recognizer: 0, detector: 0, transcribe: [], detectLanguage: 0 };
  const info = {
    engine: 'probe',
    device: 'cpu',
    computeType: 'none',
    multilingual: true,
    mels: 80,
    languages: ['en', 'de', 'hi'],
    path: 'scripted',
    reason: 'a test',
  };
  const dispose = { [Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]: async () => {} };
  const engines = {
    recognizerIdentity: async (model) => ({ model }),
    recognizer: async () => {
      calls.recognizer += 1;
      return {
        info,
        ...dispose,
        detectLanguage: async () => {
          calls.detectLanguage += 1;
          return silent ? [] : [{ language: 'en', probability: 0.9 }];
        },
        transcribe: (input, options, context = {}) => {
          calls.transcribe.push({ ...options, resumeS: context.resumeS });
          return transcription({ input, options, context, windowMs, fail, silent, textOf });
        },
      };
    },
    detector: async () => {
      calls.detector += 1;
      return {
        ...dispose,
        detectSpeech: async (input) => {
          let seconds = 0;
          for await (const at of secondsOf(input)) seconds = at;
          return silent ? [] : [{ start: 0, end: Math.max(1, seconds) }];
        },
      };
    },
    translatorIdentity: async (model) => ({ model }),
    translator: async () => ({
      ...dispose,
      translateBatch: async (texts, { target }) =>
        texts.map((text) => ({ text: `${target}: ${text}`, score: 0 })),
    }),
  };
  return { engines, calls };
}

function transcription({ input, options, context, windowMs, fail, silent, textOf = plainText }) {
  const begin = options.start ?? 0;
  const resume = context.resumeS ?? 0;
  const language = options.language ?? 'en';
  const segments = [];
  let done = 0;
  async function* produce() {
    for await (const at of secondsOf(input)) {
      done = at;
      context.signal?.throwIfAborted();
      if (
        silent ||
        at < Math.max(begin, resume) ||
        (options.end !== undefined && at >= options.end)
      )
        continue;
      await sleep(windowMs);
      fail?.(at);
      const segment = segmentAt(at, segments.length, {
        words: options.wordTimestamps === true,
        textOf,
      });
      segments.push(segment);
      context.onProgress?.(Math.min(1, at / 60));
      yield segment;
    }
  }
  const iterator = produce();
  const finished = Promise.withResolvers?.() ?? resolvers();
  finished.promise.catch(() => undefined);
  const settle = () =>
    finished.resolve({
      language,
      languageProbability: 1,
      ...(begin > 0 ? { start: begin } : {}),
      duration: done + 1 - begin,
      segments,
    });
  async function* iterate() {
    try {
      yield* iterator;
      settle();
    } catch (error) {
      finished.reject(error);
      throw error;
    }
  }
  return Object.assign(finished.promise, { [Symbol.asyncIterator]: iterate });
}

function resolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

const plainText = (at) => `second ${at}`;

function segmentAt(at, id, { words, textOf }) {
  const text = textOf(at);
  return {
    id,
    start: at,
    end: at + 0.9,
    text,
    avgLogprob: -0.1,
    // Tells one window from the next, as the engines' figure does.
    noSpeechProb: (at % 1000) / 1000,
    confidence: 0.9,
    compressionRatio: 1,
    temperature: 0,
    pass: 'first',
    ...(words ? { words: wordsAt(at, text) } : {}),
  };
}

function wordsAt(at, text) {
  const words = text.split(' ');
  const each = 0.9 / words.length;
  return words.map((word, index) => ({
    start: at + index * each,
    end: at + (index + 1) * each,
    word,
    probability: 0.9,
  }));
}

/** Counts the whole seconds of a WAV file, of its path or of its bytes while they come. */
async function* secondsOf(input) {
  let bytes = 0;
  let told = 0;
  const chunks = typeof input === 'string' ? createReadStream(input) : input;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    while (told < Math.floor((bytes - headerBytes) / bytesPerSecond)) {
      yield told;
      told += 1;
    }
  }
}

// Puts engines in the place of the addon's that write down what they are asked for and compute
// nothing. With --require, in a program of its own: a JSON line for each call in CPW_TEST_RECORD.
const { appendFileSync } = require('node:fs');

const done = (value) => ({ promise: Promise.resolve(value), abort: () => undefined });
const segment = {
  start: 0.5,
  end: 2,
  text: 'I am hungry.',
  avgLogprob: -0.1,
  noSpeechProb: 0,
  compressionRatio: 1,
  temperature: 0,
  pass: 'first',
  words: [{ start: 0.5, end: 2, word: 'I am hungry.', probability: 1 }],
};
const transcript = {
  language: 'en',
  languageProbability: 1,
  duration: 3,
  damage: '',
  removed: [],
};

/** @param exports What the addon exports. @param write Is given each call. */
function recordCalls(exports, write) {
  const recognizer = (engine) => ({
    load(options) {
      write({ call: 'Recognizer.load', options: { engine, ...options } });
      const info = { engine, device: 'cpu', computeType: 'int8', multilingual: true, mels: 80 };
      return done({
        info: { ...info, languages: ['en', 'de'] },
        transcribe(_input, _detector, options, { onSegment }) {
          write({ call: 'transcribe', options });
          onSegment?.(segment);
          return done(transcript);
        },
        detectLanguage: () => done([{ language: 'en', probability: 1 }]),
        close: () => undefined,
      });
    },
  });
  exports.WhisperRecognizer = recognizer('whisper');
  exports.CTranslate2Recognizer = recognizer('ctranslate2');
  exports.SpeechDetector = {
    load: () =>
      done({
        detectSpeech(_input, options) {
          write({ call: 'detectSpeech', options });
          return done([{ start: 0, end: 3 }]);
        },
        close: () => undefined,
      }),
  };
  recordTranslator(exports, write);
  const fromFile = exports.AudioInput.fromFile.bind(exports.AudioInput);
  exports.AudioInput.fromFile = (options) => {
    const input = fromFile(options);
    const clip = input.clip.bind(input);
    const recorded = (clips) => {
      write({ call: 'clip', options: clips });
      clip(clips);
    };
    // The addon's methods cannot be assigned to.
    Object.defineProperty(input, 'clip', { value: recorded });
    write({ call: 'fromFile', options });
    return input;
  };
}

function recordTranslator(exports, write) {
  const real = exports.Translator;
  exports.Translator = {
    load(options) {
      write({ call: 'Translator.load', options });
      const { promise, abort } = real.load(options);
      const recorded = (native) => ({
        info: native.info,
        translateBatch(texts, options, callbacks) {
          write({ call: 'translateBatch', texts, options });
          return native.translateBatch(texts, options, callbacks);
        },
        close: () => native.close(),
      });
      return { promise: promise.then(recorded), abort };
    },
  };
}

module.exports = { recordCalls };

const file = process.env.CPW_TEST_RECORD;
if (file !== undefined) {
  const dlopen = process.dlopen.bind(process);
  process.dlopen = (module, ...rest) => {
    dlopen(module, ...rest);
    if (module.exports.CTranslate2Recognizer === undefined) return;
    recordCalls(module.exports, (call) => appendFileSync(file, `${JSON.stringify(call)}\n`));
  };
}

import { z } from 'zod';
import { longSpeech, shortSpeech, storedParts, type Speech } from './audio.js';
import { contenders, engines, lastLine, missingForm, program, type Engine } from './contenders.js';
import { film, filmMinutes } from './film.js';
import { installSize } from './install-size.js';
import { runProcess, type Command } from './process.js';
import { speedOf, type Figures } from './results.js';
import { nativeProgram } from './tools.js';
import { translationEntries } from './translation.js';

/** One thing to measure: who takes part, with which model, and how one trial of it is run. */
export interface Entry {
  readonly contender: string;
  readonly model: string;
  /** Why it is left out; undefined where it can run. Builds what the trial needs. */
  unable(): Promise<string | undefined>;
  trial(): Promise<Figures>;
}

export interface Case {
  readonly name: string;
  readonly about: string;
  /** True for those of the short form. */
  readonly short?: boolean;
  /** Trials at most, for cases that repeat inside of themselves. */
  readonly mostTrials?: number;
  entries(scope: Scope): Promise<readonly Entry[]>;
}

/** What a run is about. */
export interface Scope {
  readonly models: readonly string[];
  readonly short: boolean;
}

const speechOf = (scope: Scope): Promise<Speech> =>
  scope.short ? Promise.resolve(shortSpeech()) : longSpeech();

const figuresSchema = z.record(z.string(), z.unknown());

/** The numbers of a program's last line. */
async function measure(command: Command): Promise<Figures> {
  const figures = figuresSchema.parse(lastLine((await runProcess(command)).stdout));
  const numbers = Object.entries(figures).filter(([, value]) => typeof value === 'number');
  return z.record(z.string(), z.number()).parse(Object.fromEntries(numbers));
}

const able = async (): Promise<undefined> => undefined;

/** A case of the addon alone, without a model of speech recognition. */
function plain(trial: () => Promise<Figures>): Entry {
  return { contender: 'cpw', model: '', unable: able, trial };
}

/** A case of both engines with some models. */
function perEngine(
  models: readonly string[],
  commandOf: (engine: Engine, model: string) => Command,
): Entry[] {
  return models.flatMap((model) =>
    engines.map((engine) => ({
      contender: `cpw-${engine}`,
      model,
      unable: async () => missingForm(model, engine),
      trial: () => measure(commandOf(engine, model)),
    })),
  );
}

/** The wall time for a minute of audio, where a program told both or the audio is known. */
function perMinute(figures: Figures, audioS: number): Figures {
  const { wallS = NaN } = figures;
  const told = { audioS, msPerAudioSecond: (wallS / audioS) * 1e3 };
  return { ...figures, ...told, ...speedOf({ audioS, wallS }) };
}

async function transcriptions(scope: Scope, words: boolean): Promise<Entry[]> {
  const speech = await speechOf(scope);
  return scope.models.flatMap((model) =>
    contenders.map((one) => ({
      contender: one.name,
      model,
      unable: () => one.unable({ model, speech, words }),
      trial: () => one.transcribe({ model, speech, words }),
    })),
  );
}

/** The model of cases whose figure says nothing more with another. */
const oneModel = ({ models }: Scope): readonly string[] => models.slice(0, 1);

/** Every case, in the order in which they run. */
export const cases: readonly Case[] = [
  {
    name: 'decode',
    short: true,
    about: 'FLAC files to samples, by the scripted engine',
    entries: async () => [plain(() => decode(storedParts()))],
  },
  {
    name: 'demux',
    about: 'the sound of a film of ten minutes as samples, by ffmpeg and the scripted engine',
    entries: async () => [plain(async () => perFilmMinute(program('demux', await film())))],
  },
  {
    name: 'mux',
    about: 'six subtitle tracks added to a film of ten minutes, checked by ffprobe',
    entries: async () => [
      plain(async () => perFilmMinute(program('mux', await film(), String(filmMinutes)))),
    ],
  },
  {
    name: 'vad',
    about: 'speech detection over the long file, its reading included, one thread',
    entries: async () => [
      plain(async () => {
        const { file } = await longSpeech();
        const { audioS = NaN } = await decode([file]);
        return perMinute(await measure(program('vad', file)), audioS);
      }),
    ],
  },
  {
    name: 'mel',
    about: 'the log-mel spectrogram of 30 s, one thread, by a program of bench/native',
    entries: async () => [plain(async () => measure([await nativeProgram('mel')]))],
  },
  {
    name: 'load',
    about: 'a model from the disk (in the cache of files after the first trial) until it is ready',
    entries: async ({ models }) =>
      perEngine(models, (engine, model) => program('load', engine, model)),
  },
  {
    name: 'window',
    about: 'one window of 30 s: the encoder, and the decoder for each word',
    entries: async (scope) => {
      const { file } = await longSpeech();
      // English-only models do not look for the language, by which the encoder is measured.
      const models = scope.models.filter((model) => !model.endsWith('.en'));
      return perEngine(models, (engine, model) => program('window', engine, model, file));
    },
  },
  {
    name: 'align',
    about: 'what word times add to a transcription',
    mostTrials: 1,
    entries: async (scope) => {
      const { file } = await longSpeech();
      return perEngine(oneModel(scope), (engine, model) => program('align', engine, model, file));
    },
  },
  {
    name: 'transcribe',
    short: true,
    about: 'text alone, end to end: reading, speech detection, mel and all; the model is loaded',
    entries: (scope) => transcriptions(scope, false),
  },
  {
    name: 'transcribe-words',
    about: 'the same with a time for every word',
    entries: (scope) => transcriptions(scope, true),
  },
  {
    name: 'abort',
    about: 'from abort() inside a 30 s window of base until the call has rejected, 30 times',
    mostTrials: 1,
    entries: async () => perEngine(['base'], (engine) => program('abort', engine, '30')),
  },
  {
    name: 'first-segment',
    about: 'until the first segment of a file of three hours has come, the model loaded',
    entries: async (scope) =>
      perEngine(oneModel(scope), (engine, model) => program('first-segment', engine, model, '180')),
  },
  {
    name: 'event-loop',
    about: "the event loop's 99th percentile of delay while base loads and runs, and of a control",
    mostTrials: 1,
    entries: async () => perEngine(['base'], (engine) => program('event-loop', engine)),
  },
  {
    name: 'memory',
    about: 'the peak of memory for an hour of audio by that for ten minutes, scripted engine',
    entries: async () => [plain(memoryGrowth)],
  },
  {
    name: 'subtitle_generation',
    short: true,
    about: 'words of three hours to cues, their check, SRT, WebVTT and ASS; mean of two scripts',
    entries: async () => [plain(subtitles)],
  },
  {
    name: 'translation',
    about:
      '1000 words of 1.4 pieces by models of the true shape of OPUS-MT and NLLB-600M with random ' +
      'weights, to as many tokens, two replicas of one thread; the same library driven plainly',
    entries: async () => translationEntries(measure),
  },
  {
    name: 'install-size',
    short: true,
    about: 'what an installation takes on the disk: the addon, the JavaScript, the packages',
    mostTrials: 1,
    entries: async () => [plain(async () => installSize())],
  },
];

async function decode(files: readonly string[]): Promise<Figures> {
  const figures = await measure(program('decode', ...files));
  return perMinute(figures, figures['audioS'] ?? NaN);
}

async function perFilmMinute(command: Command): Promise<Figures> {
  return perMinute(await measure(command), filmMinutes * 60);
}

async function subtitles(): Promise<Figures> {
  const figures = await measure(program('subtitles', '180'));
  return perMinute(figures, figures['audioS'] ?? NaN);
}

async function memoryGrowth(): Promise<Figures> {
  const { peakMb: short = NaN } = await measure(program('memory', '10'));
  const { peakMb = NaN } = await measure(program('memory', '60'));
  return { peakMb, growth: peakMb / short };
}

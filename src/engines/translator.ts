import { bringTranslationModel, DEMO_TRANSLATION_MODEL } from '../models/translation-model.js';
import type { NativeAddon, NativeTranslator } from '../native/addon.js';
import { availableCores } from '../native/cpu.js';
import { runJob } from '../native/handle.js';
import { loadAddon } from '../native/load.js';
import { parseOptions } from '../options/parse.js';
import { translateOptionsSchema, type TranslateOptions } from '../options/translate.js';
import {
  translatorOptionsSchema,
  type ParsedTranslatorOptions,
  type TranslatorOptions,
} from '../options/translator.js';
import type { Language } from '../text/language.js';
import type { Translation, TranslationModelInfo } from '../types.js';
import { automaticReplicas } from './automatic-replicas.js';
import { askBackends, checkDevice, chooseDevice } from './choose-device.js';
import type { LoadContext } from './load-recognizer.js';
import { knownLanguages, translateTexts, type LoadedTranslator } from './translate-texts.js';

/** What a loaded translation model says of itself. */
export interface TranslatorInfo extends TranslationModelInfo {
  readonly model: string;
  /** The model's folder. */
  readonly path: string;
  /** Why this device was chosen. */
  readonly reason: string;
}

/** How a call is followed and stopped. */
export interface TranslateContext {
  readonly signal?: AbortSignal;
  /** 0..1, by the amount of text. */
  readonly onProgress?: (fraction: number) => void;
}

/** A translation model in memory. Any number of calls may run at once; they share its batches. */
export class Translator {
  readonly info: TranslatorInfo;
  readonly #loaded: LoadedTranslator;

  private constructor(loaded: LoadedTranslator, info: TranslatorInfo) {
    this.#loaded = loaded;
    this.info = info;
  }

  /**
   * Loads a model off the JavaScript thread. `model` is a name or a CTranslate2 folder of NLLB-200,
   * M2M-100, OPUS-MT or IndicTrans2; `demo`, the default, comes with the package. A known name that
   * is not installed is fetched first (`download: 'never'` forbids it). Throws CPW_MODEL_NOT_FOUND,
   * CPW_MODEL_INCOMPATIBLE, CPW_MODEL_LOAD_FAILED, CPW_DOWNLOAD_FAILED, CPW_UNSUPPORTED_DEVICE,
   * CPW_INVALID_OPTIONS, CPW_OUT_OF_MEMORY.
   */
  static async load(
    model: string = DEMO_TRANSLATION_MODEL,
    options: TranslatorOptions = {},
    context: LoadContext = {},
  ): Promise<Translator> {
    const parsed = parseOptions(translatorOptionsSchema, options, { subject: 'Translator.load' });
    const { signal, ...callbacks } = context;
    signal?.throwIfAborted();
    const addon = loadAddon();
    const { device, reason } = await deviceFor(addon, parsed, signal);
    const { modelsDir: root, download } = parsed;
    const found = await bringTranslationModel(model, { ...callbacks, root, download, signal });
    const { computeType, deviceIndex } = parsed;
    const native = await runJob(
      () =>
        addon.Translator.load({
          path: found.path,
          device,
          deviceIndex,
          computeType: computeType === 'auto' ? automatic[device] : computeType,
          ...sharesOf(parsed, device),
        }),
      signal,
    );
    const { pair } = found;
    const loaded = { native, info: native.info, ...(pair === undefined ? {} : { pair }) };
    return new Translator(loaded, { ...native.info, model: found.name, path: found.path, reason });
  }

  /** @internal For tests. */
  get native(): NativeTranslator {
    return this.#loaded.native;
  }

  /**
   * The languages that the model translates from and to; empty where it is of one pair that its files
   * do not name.
   */
  get languages(): { readonly source: readonly Language[]; readonly target: readonly Language[] } {
    return knownLanguages(this.#loaded);
  }

  /**
   * Translates texts of one language into another: one result a text, in order, lines kept. What
   * cannot be translated is marked ({@link Translation.problem}), never passed off. Throws
   * CPW_UNSUPPORTED_LANGUAGE, CPW_INVALID_OPTIONS, CPW_INFERENCE_FAILED, CPW_OUT_OF_MEMORY,
   * CPW_CLOSED.
   */
  async translateBatch(
    texts: readonly string[],
    options: TranslateOptions,
    context: TranslateContext = {},
  ): Promise<readonly Translation[]> {
    const parsed = parseOptions(translateOptionsSchema, options, { subject: 'translateBatch' });
    return translateTexts(this.#loaded, texts, { ...context, options: parsed });
  }

  /** Frees the model once running calls have ended; later calls throw CPW_CLOSED. */
  close(): void {
    this.#loaded.native.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

const automatic = { cpu: 'int8_float32', cuda: 'float16' } as const;

async function deviceFor(
  addon: NativeAddon,
  { device, cacheDir }: ParsedTranslatorOptions,
  signal: AbortSignal | undefined,
): Promise<{ readonly device: 'cpu' | 'cuda'; readonly reason: string }> {
  const backends = await askBackends(addon, { device, cacheDir }, signal);
  const chosen = chooseDevice(
    backends.filter(({ engine }) => engine === 'ctranslate2'),
    { device, engine: 'ctranslate2' },
  );
  checkDevice(backends, 'ctranslate2', chosen.device);
  return { device: chosen.device === 'cuda' ? 'cuda' : 'cpu', reason: chosen.reason };
}

/** One thread a replica beats one replica of several threads by 2.4 to 4.6 on a CPU. */
function sharesOf(
  { threads, replicas }: ParsedTranslatorOptions,
  device: 'cpu' | 'cuda',
): { readonly replicas: number; readonly threads: number } {
  const total = threads === 'auto' ? availableCores() : threads;
  const needs = { engine: 'ctranslate2', device, threads: total } as const;
  const count = replicas === 'auto' ? automaticReplicas(needs) : replicas;
  return { replicas: count, threads: Math.max(1, Math.floor(total / count)) };
}

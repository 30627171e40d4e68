import { abortable } from '../media/abortable.js';
import type { TranslatorOptions } from '../options/translator.js';
import type { LoadContext } from './load-recognizer.js';
import { Translator } from './translator.js';

/** A translator that is lent; disposing of it gives it back. */
export type LentTranslator = Pick<Translator, 'info' | 'languages' | 'translateBatch'> &
  AsyncDisposable;

type Load = (
  model: string,
  options: TranslatorOptions,
  context: LoadContext,
) => Promise<Translator>;

interface Entry {
  readonly loading: Promise<Translator>;
  readonly stop: AbortController;
  /** Those who use it or wait for it. */
  users: number;
}

/**
 * Translation models that several jobs use, each loaded once and kept until the pool is closed. A
 * load that nobody waits for any longer is called off.
 */
export class TranslatorPool {
  readonly #entries = new Map<string, Entry>();
  readonly #load: Load;

  /** @param load For tests. Default: `Translator.load`. */
  constructor(load: Load = (...of) => Translator.load(...of)) {
    this.#load = load;
  }

  /** Lends a model, loading it first where it is not. Throws what `Translator.load` throws. */
  async acquire(
    model: string,
    options: TranslatorOptions,
    { signal, ...callbacks }: LoadContext = {},
  ): Promise<LentTranslator> {
    signal?.throwIfAborted();
    const key = JSON.stringify([model, options]);
    const entry = this.#entries.get(key) ?? this.#begin(key, { model, options, callbacks });
    entry.users += 1;
    const giveBack = (): void => {
      entry.users -= 1;
    };
    try {
      const translator = await abortable(entry.loading, signal);
      let lent = true;
      return {
        info: translator.info,
        languages: translator.languages,
        translateBatch: (...call) => translator.translateBatch(...call),
        [Symbol.asyncDispose]: async () => {
          if (lent) giveBack();
          lent = false;
        },
      };
    } catch (error) {
      giveBack();
      if (entry.users === 0) void this.#forget(key, entry);
      throw error;
    }
  }

  /** Calls loads off and unloads all models; running calls end first. */
  async close(): Promise<void> {
    const entries = [...this.#entries];
    await Promise.all(entries.map(([key, entry]) => this.#forget(key, entry)));
  }

  #begin(
    key: string,
    {
      model,
      options,
      callbacks,
    }: {
      readonly model: string;
      readonly options: TranslatorOptions;
      readonly callbacks: Omit<LoadContext, 'signal'>;
    },
  ): Entry {
    const stop = new AbortController();
    const loading = this.#load(model, options, { ...callbacks, signal: stop.signal });
    const entry = { loading, stop, users: 0 };
    this.#entries.set(key, entry);
    // The next one who asks finds what is missing now; those who wait are told by `acquire`.
    loading.catch(() => void this.#forget(key, entry));
    return entry;
  }

  async #forget(key: string, entry: Entry): Promise<void> {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.stop.abort();
    // The load may have ended in the same moment.
    const translator = await entry.loading.catch(() => undefined);
    translator?.close();
  }
}

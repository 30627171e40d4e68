import type { Engines, LentRecognizer } from '../stages/engines.js';
import type { PipelineEvent } from './pipeline-events.js';

type WorkNews = Omit<Extract<PipelineEvent, { type: 'work' }>, 'type' | 'stage'>;
type Tell = (news: WorkNews) => void;

/** The same engines, with the loads and the recogniser's calls told. */
export function watchedEngines(engines: Engines, tell: Tell): Engines {
  return {
    ...engines,
    recognizer: async (model, options, context) => {
      const loading = engines.recognizer(model, options, context);
      return watchedRecognizer(await told(loading, { work: 'load-model', model }, tell), {
        model,
        tell,
      });
    },
    translator: (model, options, context) =>
      told(engines.translator(model, options, context), { work: 'load-model', model }, tell),
  };
}

function watchedRecognizer(
  lent: LentRecognizer,
  { model, tell }: { readonly model: string; readonly tell: Tell },
): LentRecognizer {
  return {
    info: lent.info,
    detectLanguage: (...args) => lent.detectLanguage(...args),
    transcribe: (...args) => {
      const transcription = lent.transcribe(...args);
      // Who awaits the transcription hears of its failure.
      told(transcription, { work: 'transcribe', model }, tell).catch(() => undefined);
      return transcription;
    },
    [Symbol.asyncDispose]: () => lent[Symbol.asyncDispose](),
  };
}

async function told<T>(
  work: PromiseLike<T>,
  about: Pick<WorkNews, 'work' | 'model'>,
  tell: Tell,
): Promise<T> {
  tell({ ...about, state: 'begun' });
  try {
    const result = await work;
    tell({ ...about, state: 'ended' });
    return result;
  } catch (error) {
    tell({ ...about, state: 'failed' });
    throw error;
  }
}

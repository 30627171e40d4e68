import { stemOf } from '../export/file-name.js';
import { optionsError } from '../options/parse.js';
import type { NewJob } from '../pipeline/job.js';
import { requireLanguage, whisperCodeOf } from '../text/language.js';
import type { JobModels } from './job-models.js';
import { modelOptionsOf } from './library.js';
import { runMediaJobs } from './media-jobs.js';
import type { RunEnd } from './run-events.js';
import { heardStages, translationStages } from './stage-options.js';
import type { TranslateWork } from './translate.js';
import { mediaFormats, type Target } from './translate-plan.js';

/** Translates what is spoken in media: a job for each file. */
export async function translateMedia(
  media: readonly string[],
  targets: readonly Target[],
  work: TranslateWork,
): Promise<RunEnd> {
  const { values } = work;
  const { outputDir, overwrite } = values.command;
  const names = (file: string): readonly string[] =>
    targets.flatMap(({ code }) =>
      mediaFormats(values).map((format) => `${stemOf(file)}.${code}.${format}`),
    );
  return runMediaJobs(
    media,
    {
      workflow: 'translate',
      options: stageOptions(targets, work),
      models: modelsOf(work),
      recognizer: values.recognizer,
      tmdb: values.work.tmdb,
      pipeline: { ...values.pipeline, to: undefined },
      settings: values,
      work: {
        outputDir,
        overwrite,
        dryRun: values.dry.dryRun,
        results: ['transcripts'],
        resultNames: names,
        // The job writes the transcript in the spoken language too.
        onlyNamed: true,
      },
    },
    work,
  );
}

function modelsOf({ values: { command, hearing } }: TranslateWork): JobModels {
  const { transcribeModel: recognizer, model: translator } = command;
  return { recognizer, translator, vad: hearing.vad !== false };
}

function stageOptions(
  targets: readonly Target[],
  { values, general }: TranslateWork,
): NonNullable<NewJob['options']> {
  const { command, work: translate, glossary, hearing } = values;
  const recognizer = modelOptionsOf(values.recognizer, general);
  const language = spokenLanguage(command.source);
  const task = 'transcribe' as const;
  const transcribe = { ...hearing, language, task, wordTimestamps: true };
  const { model, transcribeModel, subtitles: rules } = command;
  const codes = targets.map(({ code }) => code);
  return {
    ...heardStages({ model: transcribeModel, recognizer, transcribe, glossary }),
    ...translationStages({ model, targets: codes, recognizer, translate, glossary }),
    export: { formats: [...mediaFormats(values)], rules },
  };
}

function spokenLanguage(source: string): string {
  if (source === 'auto') return source;
  const language = requireLanguage(source);
  const code = whisperCodeOf(language);
  if (code !== undefined) return code;
  const message = `${language.name} is no language that Whisper hears; transcribe it by other means`;
  throw optionsError([{ option: '--source', message }], 'translate');
}

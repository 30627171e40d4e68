import { extname } from 'node:path';
import {
  isTranslatable,
  readTranslatable,
  type TranslatableFile,
} from '../export/translated-file.js';
import { outputPath, planOutputs } from '../export/plan-outputs.js';
import type { TranscriptFormat } from '../options/output.js';
import { optionsError } from '../options/parse.js';
import { builtStages } from '../stages/stage-table.js';
import { findLanguage, requireLanguage, type Language } from '../text/language.js';
import type { FlagValues } from './flags.js';
import type { TranslateSchemas } from './commands/translate.js';
import { shownInput } from './input.js';
import { refusedFolder } from './output-folder.js';

type Values = FlagValues<TranslateSchemas>;

/** A language to translate into. */
export interface Target extends Pick<Language, 'code' | 'name'> {
  /** As it was asked for: the model may have a name of its own for it. */
  readonly given: string;
}

/** A file that is read as text, with what is written of it. */
export interface TextPlan {
  readonly input: string;
  readonly file: TranslatableFile;
  readonly formats: readonly TranscriptFormat[];
  /** As the model is told it. */
  readonly source: string;
  readonly targets: readonly Target[];
}

/** What a run has to do. */
export interface TranslationPlan {
  readonly texts: readonly TextPlan[];
  readonly media: readonly string[];
  readonly targets: readonly Target[];
}

/** Reads the text files and says before anything is computed what will be written. */
export async function planTranslation(
  inputs: readonly string[],
  values: Values,
): Promise<TranslationPlan> {
  const targets = targetsOf(values);
  const media = inputs.filter((input) => !isTranslatable(input));
  refuseTexts(media);
  const texts: TextPlan[] = [];
  for (const input of inputs.filter(isTranslatable)) {
    texts.push(await planText(input, targets, values));
  }
  if (media.length > 0) checkJobs(values, targets);
  else refuseJobs(values);
  await checkOutputs({ texts, media, targets }, values);
  return { texts, media, targets };
}

/** Endings of texts that would be taken for media. */
const unreadTexts = new Set(
  '.md .markdown .rst .html .htm .xml .pdf .doc .docx .odt .rtf .csv .tsv .sub .ttml'.split(' '),
);

function refuseTexts(media: readonly string[]): void {
  const found = media.filter((input) => unreadTexts.has(extname(input).toLowerCase()));
  if (found.length === 0) return;
  const message =
    'is a text of a form that is not read; save it as .txt, with a sentence or paragraph a line, ' +
    'or give .srt, .vtt, .ass, a transcript in .json, or media';
  throw optionsError(
    found.map((input) => ({ option: shownInput(input), message })),
    'translate',
  );
}

/** The files that are written of a text. */
export function outputsOf(
  { file, formats, targets }: TextPlan,
  { command }: Values,
): readonly string[] {
  return targets.flatMap(({ code }) =>
    formats.map((format) => outputPath(command.outputDir, `${file.stem}.${code}`, format)),
  );
}

/** The forms in which translations of media are written. */
export function mediaFormats({ command: { format } }: Values): readonly TranscriptFormat[] {
  return format.length === 0 ? ['srt'] : format;
}

/** Each language once, whatever it is called. */
function targetsOf({ command: { source, to } }: Values): readonly Target[] {
  const targets = new Map<string, Target>();
  for (const given of to) {
    const { code, name } = requireLanguage(given);
    if (!targets.has(code)) targets.set(code, { given, code, name });
  }
  const own = source === 'auto' ? undefined : targets.get(requireLanguage(source).code);
  if (own === undefined) return [...targets.values()];
  throw wrong('--to', `source and target are both ${own.name}; name another language`);
}

async function planText(
  input: string,
  targets: readonly Target[],
  { command: { source: asked, format } }: Values,
): Promise<TextPlan> {
  const file = await readTranslatable(input);
  const source = asked === 'auto' ? file.language : asked;
  if (source === undefined) {
    const message = `is missing; ${shownInput(input)} does not tell its language, e.g. --source en`;
    throw wrong('--source', message);
  }
  const formats = format.length === 0 ? [file.form] : format;
  const untimed = formats.filter((one) => !file.forms.includes(one));
  if (untimed.length > 0) {
    const names = untimed.join(', ');
    const message = `${names} cannot be written of ${shownInput(input)}, which has no times`;
    throw wrong('--format', message);
  }
  const { code } = requireLanguage(source);
  return { input, file, formats, source, targets: targets.filter((one) => one.code !== code) };
}

/** Most languages of a job, as its translation stage has it. */
const mostTargets = 5;

function checkJobs({ pipeline: { from } }: Values, targets: readonly Target[]): void {
  if (targets.length > mostTargets) {
    const message = `names ${targets.length} languages; media are translated into ${mostTargets} at most`;
    throw wrong('--to', message);
  }
  if (from === undefined || builtStages.some((one) => one === from)) return;
  const language = findLanguage(from);
  if (language === undefined) return;
  throw wrong('--from', `is the first stage to run; ${language.name} is named by --source`);
}

/** What chooses stages would be taken for done where no job is made. */
function refuseJobs({ pipeline: { resume, force, from, only } }: Values): void {
  const given = [
    ...(resume ? ['--resume'] : []),
    ...(force ? ['--force'] : []),
    ...(from === undefined ? [] : ['--from']),
    ...(only.length === 0 ? [] : ['--only']),
  ];
  const message = 'is for the jobs of media, and there are only texts; leave it out';
  if (given.length > 0)
    throw optionsError(
      given.map((option) => ({ option, message })),
      'translate',
    );
}

async function checkOutputs(
  { texts, media, targets }: TranslationPlan,
  values: Values,
): Promise<void> {
  const { outputDir, overwrite } = values.command;
  const written = [
    ...texts,
    ...media.map((input) => ({ input, formats: mediaFormats(values), targets })),
  ];
  for (const { code } of targets) {
    for (const format of new Set(written.flatMap(({ formats }) => formats))) {
      const inputs = written.filter(
        (one) => one.formats.includes(format) && one.targets.some((target) => target.code === code),
      );
      const options = { formats: [format], outputDir, overwrite, language: code };
      await planOutputs(
        inputs.map(({ input }) => input),
        options,
      );
    }
  }
  const nowhere = await refusedFolder(outputDir);
  if (nowhere !== undefined) throw nowhere;
}

function wrong(option: string, message: string): Error {
  return optionsError([{ option, message }], 'translate');
}

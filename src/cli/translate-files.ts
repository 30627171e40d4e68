import type { Translator } from '../engines/translator.js';
import { planOutputs } from '../export/plan-outputs.js';
import { readTranslatable, type TranslatableFile } from '../export/translated-file.js';
import { writeText, writeTranscript } from '../export/write-transcript.js';
import type { TranslationFormat } from '../options/translate-command.js';
import { optionsError } from '../options/parse.js';
import { requireLanguage } from '../text/language.js';
import type { Translation } from '../types.js';
import type { CommandContext } from './command.js';
import type { TranslateSchemas } from './commands/translate.js';
import type { FlagValues } from './flags.js';
import { shownInput } from './input.js';
import { cacheDirOf, hubOf, modelsDirOf, startLog } from './library.js';
import { refusedFolder } from './output-folder.js';
import { sayDownloads } from './downloads.js';

/** One run of `translate`. */
export interface TranslateWork extends CommandContext {
  readonly values: FlagValues<TranslateSchemas>;
}

/** An input with what is written of it. */
interface Planned {
  readonly input: string;
  readonly file: TranslatableFile;
  readonly formats: readonly TranslationFormat[];
}

/** Translates every file into every language with one model; resolves to the exit status. */
export async function translateFiles(
  inputs: readonly string[],
  work: TranslateWork,
): Promise<number> {
  const { to, outputDir, overwrite } = work.values.translation;
  const languages = to.map((given) => ({ given, code: requireLanguage(given).code }));
  const planned: Planned[] = [];
  for (const input of inputs) planned.push(await plan(input, work));
  for (const { code } of languages) {
    for (const formats of new Set(planned.map((one) => one.formats))) {
      const stems = planned.filter((one) => one.formats === formats).map(({ input }) => input);
      await planOutputs(stems, { formats, outputDir, overwrite, language: code });
    }
  }
  const nowhere = await refusedFolder(outputDir);
  if (nowhere !== undefined) throw nowhere;
  const translator = await load(work);
  try {
    // A language that the model lacks is told before anything is written.
    const { source } = work.values.translation;
    for (const { given } of languages) {
      await translator.translateBatch([], { source, target: given }, { signal: work.signal });
    }
    for (const one of planned) {
      for (const language of languages) await translateOne(translator, one, { language, work });
    }
  } finally {
    translator.close();
  }
  return 0;
}

async function plan(input: string, { values }: TranslateWork): Promise<Planned> {
  const file = await readTranslatable(input);
  const { format } = values.translation;
  const formats = format.length === 0 ? [file.form] : format;
  const wrong = formats.filter((one) => !file.forms.includes(one));
  if (wrong.length === 0) return { input, file, formats };
  const message = `${wrong.join(', ')} cannot be written of ${shownInput(input)}, which has no times`;
  throw optionsError([{ option: '--format', message }], 'translate');
}

async function load(work: TranslateWork): Promise<Translator> {
  const { values, general, reporter, signal } = work;
  const { Translator } = await import('../engines/translator.js');
  await startLog(general);
  const { model } = values.translation;
  const options = {
    ...values.translator,
    modelsDir: modelsDirOf(values.translator),
    cacheDir: cacheDirOf(values.translator),
    download: general.offline ? ('never' as const) : values.translator.download,
  };
  const announce = (name: string, what: string): string =>
    `model ${name} is not installed: ${what}; --offline forbids this`;
  const onDownload = sayDownloads(reporter, announce);
  reporter.progress(`loading model ${shownInput(model)}`, undefined);
  try {
    const context = { signal, hub: hubOf(), onDownload };
    const translator = await Translator.load(model, options, context);
    const { layout, device, computeType, reason } = translator.info;
    reporter.note(`model ${model}: ${layout} on ${device}, ${computeType} (${reason})`);
    return translator;
  } finally {
    reporter.done();
  }
}

async function translateOne(
  translator: Translator,
  { input, file, formats }: Planned,
  { language, work }: { language: { given: string; code: string }; work: TranslateWork },
): Promise<void> {
  const { values, reporter, signal, general } = work;
  const { source, outputDir, overwrite } = values.translation;
  const label = `${shownInput(input)} to ${language.code}`;
  const startedAt = performance.now();
  const translations = await translator.translateBatch(
    file.texts,
    { ...values.search, scores: false, source, target: language.given },
    { signal, onProgress: (fraction) => reporter.progress(label, fraction) },
  );
  reporter.done();
  signal.throwIfAborted();
  const whole = file.assemble(translations, language.code);
  const stem = `${file.stem}.${language.code}`;
  const target = { stem, formats, outputDir, overwrite };
  const written =
    typeof whole === 'string'
      ? await writeText(whole, target)
      : await writeTranscript(whole, target);
  const elapsedS = (performance.now() - startedAt) / 1000;
  const problems = problemsOf(translations);
  if (general.json) {
    const line = { type: 'translation', file: input, language: language.code, written, problems };
    reporter.result(`${JSON.stringify({ ...line, elapsedS })}\n`);
  }
  for (const { text, problem } of problems) reporter.warn(`${label}: text ${text}: ${problem}`);
  reporter.note(`${label}: ${file.texts.length} texts in ${elapsedS.toFixed(1)} s`);
  for (const one of written) reporter.note(`wrote ${shownInput(one)}`);
}

/** What went wrong, by the number of the text from 1 on. */
function problemsOf(
  translations: readonly Translation[],
): readonly { readonly text: number; readonly problem: string }[] {
  return translations.flatMap(({ problem }, i) =>
    problem === undefined || problem === 'nothing-to-translate' ? [] : [{ text: i + 1, problem }],
  );
}

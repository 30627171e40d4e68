import type { Translator } from '../engines/translator.js';
import type { CutFile, TranslatedText } from '../export/translated-file.js';
import { shownCues, subtitleFormatters } from '../export/subtitle-forms.js';
import { formatTranscript, writeForms } from '../export/write-transcript.js';
import { isSubtitleFormat, type TranscriptFormat } from '../options/output.js';
import type { ParsedSubtitleOptions } from '../options/subtitles.js';
import { translatorOptionsOf } from '../options/translator.js';
import type { Cue } from '../subtitles/cue.js';
import type { NameForms } from '../text/glossary.js';
import { translateWithGlossary } from '../text/glossary-enforce.js';
import { coverageReport, type CoverageReport } from '../text/glossary-report.js';
import { loadGlossary, type Glossary } from '../text/glossary.js';
import { requireLanguage } from '../text/language.js';
import type { Translation, TranslationProblem } from '../types.js';
import { brokenRules } from './broken-rules.js';
import { downloadsOf } from './downloads.js';
import { filmNamesEngine } from './film-names-engine.js';
import { shownInput } from './input.js';
import { modelOptionsOf } from './library.js';
import { toyNote } from './model-report.js';
import { clock } from './pace.js';
import { tell } from './run-events.js';
import type { TranslateWork } from './translate.js';
import type { Target, TextPlan } from './translate-plan.js';

/** Translates every file into each of its languages with one model. */
export async function translateFiles(
  texts: readonly TextPlan[],
  work: TranslateWork,
): Promise<void> {
  const glossaries = await readGlossaries(texts, work);
  const translator = await load(work);
  try {
    // A language that the model lacks is told before anything is written.
    for (const { source, targets } of texts) {
      for (const { given } of targets) {
        await translator.translateBatch([], { source, target: given }, { signal: work.signal });
      }
    }
    for (const plan of texts) {
      const { code } = requireLanguage(plan.source);
      const cut = await plan.file.cut(code, work.values.work.sentences);
      if (cut.texts.every((text) => text.trim() === '')) {
        tell(work, `${shownInput(plan.input)} has no text to translate`, plan.input);
      }
      for (const target of plan.targets) {
        const glossary = glossaries.get(pairOf(plan.source, target)) ?? { terms: [], notes: [] };
        await translateOne({ plan, cut, target, glossary }, translator, work);
      }
    }
  } finally {
    translator.close();
  }
}

/** One file and one language. */
interface Piece {
  readonly plan: TextPlan;
  readonly cut: CutFile;
  readonly target: Target;
  readonly glossary: Glossary;
}

function pairOf(source: string, { code }: Pick<Target, 'code'>): string {
  return `${requireLanguage(source).code} ${code}`;
}

/** The terms for each pair of languages, before a model is loaded: a wrong table is told at once. */
async function readGlossaries(
  texts: readonly TextPlan[],
  work: TranslateWork,
): Promise<ReadonlyMap<string, Glossary>> {
  const { glossary: files, names: namesFiles } = work.values.glossary;
  const names = await namesOfFilm(texts, work);
  const glossaries = new Map<string, Glossary>();
  for (const { source, targets } of texts) {
    for (const target of targets) {
      const pair = pairOf(source, target);
      if (glossaries.has(pair)) continue;
      const languages = { source: requireLanguage(source).code, target: target.code };
      const glossary = await loadGlossary({ files, namesFiles, names }, languages);
      for (const note of glossary.notes) tell(work, note);
      glossaries.set(pair, glossary);
    }
  }
  return glossaries;
}

async function namesOfFilm(
  texts: readonly TextPlan[],
  work: TranslateWork,
): Promise<readonly NameForms[]> {
  const { recognizer, work: translate } = work.values;
  const { filmNames } = await filmNamesEngine({ recognizer, tmdb: translate.tmdb }, work);
  if (filmNames === undefined) return [];
  const languages = [
    ...new Set(
      texts.flatMap(({ source, targets }) => [source, ...targets.map(({ code }) => code)]),
    ),
  ];
  const { names, warnings } = await filmNames(translate.tmdb, { signal: work.signal, languages });
  for (const warning of warnings) tell(work, warning);
  return names;
}

async function load(work: TranslateWork): Promise<Translator> {
  const { values, general, reporter, signal } = work;
  const { Translator } = await import('../engines/translator.js');
  const { model } = values.command;
  const recognizer = modelOptionsOf(values.recognizer, general);
  const computeType = values.work.translateComputeType;
  const options = { ...translatorOptionsOf(recognizer), computeType };
  const { context } = downloadsOf(recognizer, work);
  reporter.progress(`loading model ${shownInput(model)}`, undefined);
  try {
    const translator = await Translator.load(model, options, { ...context, signal });
    const { layout, device, computeType, reason } = translator.info;
    const toy = toyNote(model);
    if (toy !== undefined) reporter.note(toy);
    reporter.note(`model ${model}: ${layout} on ${device}, ${computeType} (${reason})`);
    return translator;
  } finally {
    reporter.done();
  }
}

async function translateOne(
  piece: Piece,
  translator: Translator,
  work: TranslateWork,
): Promise<void> {
  const { plan, target } = piece;
  const { values, reporter, signal } = work;
  const { outputDir, overwrite, subtitles } = values.command;
  const label = `${shownInput(plan.input)} to ${target.code}`;
  const startedAt = performance.now();
  const { translations, coverage } = await translated(piece, label, { translator, work });
  reporter.done();
  signal.throwIfAborted();
  const stem = `${plan.file.stem}.${target.code}`;
  const language = target.code;
  const cues = piece.cut.cuesOf?.(translations, { language, rules: subtitles });
  const textOf = textsOf(piece, { translations, cues }, subtitles);
  const written = await writeForms(textOf, { stem, formats: plan.formats, outputDir, overwrite });
  const elapsedS = (performance.now() - startedAt) / 1000;
  tellTranslated(piece, { label, translations, coverage, written, elapsedS }, work);
  if (cues === undefined || !plan.formats.some(isSubtitleFormat)) return;
  const broken = brokenRules(cues, subtitles);
  if (broken !== undefined) tell(work, `${label}: ${broken}`);
}

/** What is written in each form. Cues stay where they were, in a form that has cues. */
function textsOf(
  { cut, target: { code: language } }: Piece,
  said: {
    readonly translations: readonly TranslatedText[];
    readonly cues: readonly Cue[] | undefined;
  },
  rules: ParsedSubtitleOptions,
): (format: TranscriptFormat) => string {
  const { translations, cues } = said;
  const whole = cut.assemble(translations, language);
  return (format) => {
    if (cues !== undefined && isSubtitleFormat(format)) {
      return subtitleFormatters[format](shownCues(cues, format));
    }
    return typeof whole === 'string' ? whole : formatTranscript(whole, format, rules);
  };
}

/** What a file in a language came to. */
interface Translated extends Found {
  readonly label: string;
  readonly written: readonly string[];
  readonly elapsedS: number;
}

function tellTranslated(
  { plan, cut, target }: Piece,
  { label, translations, coverage, written, elapsedS }: Translated,
  { general, events, reporter }: TranslateWork,
): void {
  const problems = problemsOf(translations, cut);
  events.emit({
    type: 'translation',
    file: plan.input,
    language: target.code,
    written,
    texts: cut.texts.length,
    problems,
    ...(coverage === undefined ? {} : { glossary: summaryOf(coverage) }),
    elapsedS,
  });
  for (const { text, start, problem } of problems) {
    const place = start === undefined ? `line ${text}` : `at ${clock(start)}`;
    // The event has them.
    if (!general.json) reporter.warn(`${label}: ${place}: ${problem}`);
  }
  if (coverage !== undefined) reporter.note(`${label}: ${coverageLine(coverage)}`);
  const count = countOf(cut.texts, plan.file.form === 'txt' ? 'line' : 'sentence');
  reporter.note(`${label}: ${count} in ${elapsedS.toFixed(1)} s`);
  for (const one of written) reporter.note(`wrote ${shownInput(one)}`);
}

/** Lines that say nothing do not count: a file ends with one. */
function countOf(texts: readonly string[], what: string): string {
  const count = texts.filter((text) => text.trim() !== '').length;
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

interface Found {
  readonly translations: readonly TranslatedText[];
  /** Undefined without a glossary. */
  readonly coverage?: CoverageReport | undefined;
}

async function translated(
  { plan, cut, target, glossary }: Piece,
  label: string,
  { translator, work }: { readonly translator: Translator; readonly work: TranslateWork },
): Promise<Found> {
  const { values, reporter, signal } = work;
  const languages = { source: plan.source, target: target.given };
  const asked = { ...values.work.translation, scores: false, ...languages };
  let plain: readonly Translation[] | undefined;
  const translate = async (texts: readonly string[]): Promise<readonly string[]> => {
    const context = {
      signal,
      ...(plain === undefined
        ? { onProgress: (fraction: number) => reporter.progress(label, fraction) }
        : {}),
    };
    const found = await translator.translateBatch(texts, asked, context);
    // The first call has all texts as they are; those after it try the glossary's terms.
    plain ??= found;
    return found.map(({ text }) => text);
  };
  const enforce = values.glossary.glossaryEnforce;
  const pair = { source: requireLanguage(plan.source).code, target: target.code };
  const { texts, uses } = await translateWithGlossary(cut.texts, glossary, {
    ...pair,
    translate,
    enforce,
  });
  const translations = texts.map((text, index) => kept(text, plain?.[index]));
  if (glossary.terms.length === 0) return { translations };
  return { translations, coverage: coverageReport(uses, glossary) };
}

/** A text for which there was nothing before its terms were put in has no problem any more. */
function kept(text: string, plain: Translation | undefined): TranslatedText {
  const problem = plain?.problem;
  if (problem === undefined || (plain?.text === '' && text !== '')) return { text };
  return { text, problem };
}

interface Problem {
  /** Which of the texts, counted from 1. */
  readonly text: number;
  /** When it is said, in s; absent for lines. */
  readonly start?: number;
  readonly problem: TranslationProblem;
}

function problemsOf(translations: readonly TranslatedText[], cut: CutFile): readonly Problem[] {
  return translations.flatMap(({ problem }, index) => {
    if (problem === undefined || problem === 'nothing-to-translate') return [];
    const start = cut.startOf(index);
    return [{ text: index + 1, problem, ...(start === undefined ? {} : { start }) }];
  });
}

function summaryOf({ found, applied, terms }: CoverageReport): {
  found: number;
  applied: number;
  missing: { term: string; text: number; reason: string }[];
} {
  const missing = terms.flatMap(({ source: term, missing: places }) =>
    places.map(({ text, reason }) => ({ term, text: text + 1, reason })),
  );
  return { found, applied, missing };
}

function coverageLine(report: CoverageReport): string {
  const { found, applied, missing } = summaryOf(report);
  if (found === 0) return 'glossary: none of its terms stands in the text';
  const terms = [...new Set(missing.map(({ term }) => JSON.stringify(term)))];
  const rest = terms.length === 0 ? '' : `; missing: ${terms.join(', ')}`;
  return `glossary: ${applied} of ${found} uses of its terms are as it says${rest}`;
}

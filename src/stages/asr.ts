import { z } from 'zod';
import type { TranscribeContext } from '../engines/transcription.js';
import { CpwError } from '../errors.js';
import { rounded } from '../export/transcript-schema.js';
import type { Clip } from '../options/media.js';
import { asrOptionsSchema } from '../options/stages.js';
import { windowsAreApart, type TranscribeOptions } from '../options/transcribe.js';
import type { Segment, Transcript } from '../types.js';
import { recognitionHints } from '../text/glossary-hints.js';
import { loadGlossary } from '../text/glossary.js';
import type { BytesInput, FilesInput } from './artefact.js';
import * as artefacts from './artefacts.js';
import { defineStage } from './stage.js';
import type { LentRecognizer } from './engines.js';

const noSpeech = 'no speech was found';

/** What is kept while the stage runs: the segments themselves are in its output. */
const stateSchema = z.strictObject({
  language: z.string(),
  languageProbability: z.number(),
  /** Segments of windows that are finished. */
  segments: z.int32().min(1),
  /** Seconds from the beginning of the recording up to which it is done. */
  doneS: z.number().min(0),
});
type State = z.output<typeof stateSchema>;
type Options = z.output<typeof asrOptionsSchema>;

/** Checkpoints wait for the disk; this many times as long passes before the next one. */
const saveShare = 50;
/** Milliseconds that pass at least. */
const saveEveryMs = 100;

/**
 * Writes down what is spoken, while the sound may still be coming. The language is decided once and
 * before all else, so that a run that goes on in the middle does not decide it anew. Goes on at the
 * last finished window.
 */
export const asr = defineStage({
  id: 'asr',
  version: 1,
  inputs: { audio: artefacts.audio },
  uses: { glossary: artefacts.glossary },
  late: { speech: artefacts.speech },
  outputs: { segments: artefacts.heardSegments },
  options: asrOptionsSchema,
  parameters: async ({ model, recognizer, transcribe, glossaryHints }, { engines, signal }) => {
    const { ffmpeg: _, ...decides } = transcribe;
    const identity = await engines.recognizerIdentity(model, recognizer, { signal });
    return { model: identity, transcribe: decides, glossaryHints };
  },
  condition: async ({ options, job, inputs }) => {
    if (options.transcribe.task === 'translate' && job.workflow !== 'transcribe') {
      throw spokenOnly(job.workflow);
    }
    const spans = inputs.speech.ready ? await inputs.speech.read() : undefined;
    return spans?.segments.length === 0 ? noSpeech : undefined;
  },
  run: async ({ options, inputs, outputs, engines, checkpoint, signal, warn, progress }) => {
    const { model, recognizer: load, transcribe } = options;
    await using recognizer = await engines.recognizer(model, load, { signal });
    const { device } = recognizer.info;
    progress({ device });
    const saved = await checkpoint.load(stateSchema);
    const language = saved ?? (await languageOf(recognizer, inputs.audio, { options, signal }));
    if (language === undefined) return { skipped: noSpeech };
    const heard = await beginOutput(outputs.segments, { language, saved, options });
    if (heard.doneS !== undefined) warn(goesOnAt(heard.doneS));
    const hotwords = await hotwordsOf(options, { tables: inputs.glossary, ...language, warn });
    const onProgress = (fraction: number): void => progress({ fraction });
    const call = recognizer.transcribe(
      inputs.audio.path ?? inputs.audio.bytes(),
      { ...callOptions(options, { ...language, doneS: heard.doneS }), hotwords },
      { ...resumeOf(options, heard), signal, onNote: warn, onProgress },
    );
    let { count, last } = heard;
    let saveAt = performance.now() + saveEveryMs;
    for await (const segment of call) {
      const began = performance.now();
      if (began >= saveAt && last !== undefined && beginsWindow(segment, last)) {
        const { language: code, languageProbability } = language;
        const state = { language: code, languageProbability, segments: count, doneS: last.end };
        await checkpoint.save(state);
        saveAt = began + Math.max(saveEveryMs, saveShare * (performance.now() - began));
      }
      await outputs.segments.write({ ...inMilliseconds(segment), id: count });
      count += 1;
      last = segment;
      progress({ audioS: segment.end - transcribe.start, device });
    }
    const transcript = await call;
    if (count === 0) return { skipped: noSpeech };
    await outputs.segments.end(tailOf(transcript, transcribe));
    return undefined;
  },
});

function spokenOnly(workflow: string): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `task: translate cannot be used with the workflow ${workflow}, which translates what was ` +
      'written down in the spoken language. Next step: leave it out.',
    { stage: 'asr' },
  );
}

function goesOnAt(doneS: number): string {
  return (
    `goes on at ${doneS.toFixed(1)} s, where an earlier run was interrupted; what that run left ` +
    'out as invented is not listed'
  );
}

type Language = Pick<Transcript, 'language' | 'languageProbability'>;

/** Undefined where nobody speaks. */
async function languageOf(
  recognizer: LentRecognizer,
  audio: BytesInput,
  { options, signal }: { readonly options: Options; readonly signal: AbortSignal },
): Promise<Language | undefined> {
  const { language, start, end, clips, vad, ffmpeg, audioTrack } = options.transcribe;
  if (language !== 'auto') return { language, languageProbability: 1 };
  if (!recognizer.info.multilingual) return { language: 'en', languageProbability: 1 };
  const track = audio.path === undefined || audioTrack === undefined ? {} : { audioTrack };
  const span = { start: clips?.[0]?.start ?? start, end: clips?.at(-1)?.end ?? end };
  const input = audio.path ?? audio.bytes();
  const scores = await recognizer.detectLanguage(
    input,
    { vad, ffmpeg, ...track, ...span },
    { signal },
  );
  const [best] = scores;
  return best && { language: best.language, languageProbability: best.probability };
}

/** The terms of a glossary as what to expect, where the user names nothing of the kind. */
async function hotwordsOf(
  { transcribe, glossaryHints }: Options,
  {
    tables,
    language: source,
    warn,
  }: {
    readonly tables: FilesInput | undefined;
    readonly language: string;
    readonly warn: (message: string) => void;
  },
): Promise<string> {
  if (tables === undefined || !glossaryHints || transcribe.hotwords !== '') {
    return transcribe.hotwords;
  }
  const files = await tables.list();
  const of = (kind: string): string[] =>
    files.filter(({ about }) => about['kind'] === kind).map(({ path }) => path);
  const sources = { files: of('terms'), namesFiles: of('names') };
  const { terms } = await loadGlossary(sources, { source });
  const { hotwords, left } = recognitionHints(terms, { prompt: transcribe.initialPrompt });
  if (left.length > 0) warn(`${left.length} terms of the glossary did not fit into the prompt`);
  return hotwords;
}

interface Heard {
  readonly count: number;
  readonly last: (Pick<Segment, 'end'> & Segment) | undefined;
  /** Set where the stage goes on in the middle. */
  readonly doneS: number | undefined;
}

/** Begins the output; what an earlier run has finished stays where all of it is there. */
async function beginOutput(
  output: {
    begin(
      head: artefacts.SegmentsHead,
      options: { readonly keep: number },
    ): Promise<artefacts.SegmentItem | undefined>;
  },
  {
    language,
    saved,
    options,
  }: { readonly language: Language; readonly saved: State | undefined; readonly options: Options },
): Promise<Heard> {
  const { language: code, languageProbability } = language;
  const { start } = options.transcribe;
  const head = { language: code, languageProbability, ...(start > 0 ? { start } : {}) };
  const last = await output.begin(head, { keep: saved?.segments ?? 0 });
  if (last === undefined || saved === undefined)
    return { count: 0, last: undefined, doneS: undefined };
  return { count: saved.segments, last, doneS: saved.doneS };
}

/** From where on the recogniser decodes. */
function resumeOf({ transcribe }: Options, { doneS }: Heard): Pick<TranscribeContext, 'resumeS'> {
  return doneS !== undefined && windowsAreApart(transcribe) ? { resumeS: doneS } : {};
}

/**
 * What the recogniser is called with: the options as they are; where it cannot skip what was done,
 * the work begins anew behind it.
 */
function callOptions(
  { transcribe }: Options,
  { language, doneS }: { readonly language: string; readonly doneS: number | undefined },
): TranscribeOptions {
  const decided = transcribe.multilingual || transcribe.channels === 'split' ? {} : { language };
  const { clips } = transcribe;
  if (doneS === undefined || windowsAreApart(transcribe)) return { ...transcribe, ...decided };
  if (clips === undefined) return { ...transcribe, ...decided, start: doneS };
  return { ...transcribe, ...decided, clips: clipsAfter(clips, doneS) };
}

function clipsAfter(clips: readonly Clip[], doneS: number): Clip[] {
  return clips
    .filter(({ end = Infinity }) => end > doneS)
    .map((clip) => ({ ...clip, start: Math.max(clip.start, doneS) }));
}

/** Segments of one window share what is known of it, so that another value begins another window. */
function beginsWindow(segment: Segment, last: Segment): boolean {
  // Channels are heard at the same time: there is no moment up to which all is done.
  if (segment.channel !== undefined) return false;
  const keys = ['noSpeechProb', 'compressionRatio', 'temperature', 'pass'] as const;
  return keys.some((key) => segment[key] !== last[key]);
}

function inMilliseconds(segment: Segment): artefacts.SegmentItem {
  const whole = { language: '', languageProbability: 0, duration: 0, segments: [segment] };
  return structuredClone((rounded(whole).segments[0] ?? segment) as artefacts.SegmentItem);
}

function tailOf(transcript: Transcript, options: Options['transcribe']): artefacts.SegmentsTail {
  const { start = 0, duration, removed } = transcript;
  const endS = start + duration;
  const begin = options.clips?.[0]?.start ?? options.start;
  const clips = options.clips?.map((clip) => ({
    start: clip.start,
    end: Math.min(clip.end ?? Infinity, endS),
  }));
  return {
    duration: Math.round((endS - begin) * 1000) / 1000,
    ...(clips === undefined ? {} : { clips }),
    ...(removed === undefined ? {} : { removed: removed.map((one) => ({ ...one })) }),
  };
}

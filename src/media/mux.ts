import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CpwError } from '../errors.js';
import { publish } from '../files/publish.js';
import { isDiskFull } from '../files/system-error.js';
import type { ContainerName, ParsedMuxOptions } from '../options/mux.js';
import { checkFile } from './check-file.js';
import { extractCovers } from './cover-art.js';
import { isoOrder } from './iso-media.js';
import { muxArguments, type CoverFile } from './mux-arguments.js';
import { checkMuxed } from './mux-check.js';
import { diskFull, muxFailed, outputExists, outputIsInput } from './mux-errors.js';
import { planTracks, type MuxPlan, type SubtitleTrack } from './mux-plan.js';
import { runMuxer } from './mux-run.js';
import { probeStreams } from './probe-streams.js';
import { findTools, type MediaTools } from './tools.js';

/** A file with its subtitles, as it lies on the disk. */
export interface MuxedFile {
  readonly path: string;
  readonly container: ContainerName;
  /** What became of the input's streams and of the tracks, where a user should know. */
  readonly notes: readonly string[];
  readonly tracks: MuxPlan['tracks'];
}

/** What goes along with a run: neither stands in an option. */
export interface MuxContext {
  readonly signal?: AbortSignal | undefined;
  /** 0..1, rising. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Told as they come; the result has all of them. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/**
 * Decides, before anything is computed, how subtitle tracks will be added to a media file. The
 * subtitle files need not exist yet. Throws CPW_FILE_NOT_FOUND, CPW_UNSUPPORTED_MEDIA,
 * CPW_UNSUPPORTED_LANGUAGE, CPW_INVALID_OPTIONS or CPW_MEDIA_TOOL_FAILED.
 */
export async function planMux(
  path: string,
  tracks: readonly SubtitleTrack[],
  context: { readonly options: ParsedMuxOptions; readonly signal?: AbortSignal | undefined },
): Promise<MuxPlan> {
  const { options, signal } = context;
  const name = JSON.stringify(path);
  const kind = await checkFile(path);
  if (kind === 'pipe') {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `${name} is a pipe, which cannot be read twice. Next step: write it to a file first.`,
    );
  }
  const tools = await muxTools(name, { options, signal });
  const content = await probeStreams(path, tools, { name, signal });
  return planTracks({ path, name, content }, tracks, options);
}

/** `<folder>/<stem>.subtitled.<ext>` */
export function muxedPath(plan: MuxPlan, outputDir: string, stem: string): string {
  return join(outputDir, `${stem}.subtitled.${plan.container}`);
}

/** Throws CPW_INVALID_OPTIONS where the output is one of the inputs, or exists and may not be replaced. */
export async function checkOutput(
  plan: MuxPlan,
  output: string,
  { overwrite }: Pick<ParsedMuxOptions, 'overwrite'>,
): Promise<void> {
  const there = await stat(output, { bigint: true }).catch(() => undefined);
  if (there === undefined) return;
  for (const input of [plan.media.path, ...plan.tracks.map(({ path }) => path)]) {
    const one = await stat(input, { bigint: true }).catch(() => undefined);
    if (one?.dev === there.dev && one.ino === there.ino) throw outputIsInput(output, input);
  }
  const isFolder = there.isDirectory();
  if (isFolder || !overwrite) throw outputExists(output, isFolder);
}

/**
 * Writes the media with its subtitle tracks; streams are copied. The file appears whole or not at
 * all. Throws as {@link planMux} and {@link checkOutput} do, CPW_OUT_OF_MEMORY on a full disk, and
 * CPW_MEDIA_TOOL_FAILED with ffmpeg's own words.
 */
export async function mux(
  plan: MuxPlan,
  output: string,
  context: MuxContext & { readonly options: ParsedMuxOptions },
): Promise<MuxedFile> {
  const { options, signal } = context;
  signal?.throwIfAborted();
  const { name } = plan.media;
  for (const { path } of plan.tracks) await checkFile(path);
  await checkOutput(plan, output, options);
  const tools = await muxTools(name, context);
  for (const note of plan.notes) context.onNote?.(note);
  const temporary = await reserve(output);
  let folder: string | undefined;
  try {
    if (plan.fates.some(({ way }) => way === 'attach')) {
      folder = await mkdtemp(join(dirname(resolve(output)), '.cpw-covers-'));
    }
    const covers = folder === undefined ? [] : await extractCovers(plan, folder, { tools, signal });
    const run = { tools, temporary, output, covers };
    const said = await write(plan, run, context);
    signal?.throwIfAborted();
    const onExisting = (): CpwError => outputExists(output);
    await publish({ temporary, final: output }, { overwrite: options.overwrite, onExisting });
    const { container, tracks } = plan;
    return { path: output, container, tracks, notes: [...plan.notes, ...said] };
  } catch (error) {
    throw isDiskFull(error) ? diskFull(output, error) : error;
  } finally {
    await rm(temporary, { force: true });
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly tools: MediaTools;
  readonly temporary: string;
  readonly output: string;
  readonly covers: readonly CoverFile[];
}

/** Runs ffmpeg and looks at what it wrote; resolves to what it complained about. */
async function write(plan: MuxPlan, run: Run, context: MuxContext): Promise<readonly string[]> {
  const { tools, temporary, output, covers } = run;
  const indexFirst = await hasIndexFirst(plan.media.path);
  const args = muxArguments(plan, { output: temporary, covers, indexFirst });
  const { durationS } = plan.media.content;
  const end = await runMuxer(tools.ffmpeg, args, { ...context, durationS });
  const said = muxFailed(end, { plan, ffmpeg: tools.ffmpeg, temporary, output });
  const { signal } = context;
  const name = JSON.stringify(output);
  const lost = checkMuxed(plan, await probeStreams(temporary, tools, { name, signal }));
  const notes = [...said, ...lost];
  for (const note of notes) context.onNote?.(note);
  context.onProgress?.(1);
  return notes;
}

async function muxTools(
  name: string,
  { options, signal }: { options: ParsedMuxOptions; signal?: AbortSignal | undefined },
): Promise<MediaTools> {
  return findTools(options.ffmpeg, { need: `Subtitles are added to ${name} by ffmpeg`, signal });
}

/** Makes an empty file beside the output, under a name that nobody has: a folder that takes none is told at once. */
async function reserve(output: string): Promise<string> {
  const temporary = join(dirname(output), `.cpw-${randomBytes(8).toString('hex')}.tmp`);
  try {
    await (await open(temporary, 'wx')).close();
  } catch (cause) {
    if (isDiskFull(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `cannot write into ${JSON.stringify(dirname(output))} (${why}). ` +
        'Next step: make the folder or choose another (--output-dir).',
      { cause },
    );
  }
  return temporary;
}

async function hasIndexFirst(path: string): Promise<boolean> {
  await using file = await open(path);
  const head = new Uint8Array(65_536);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  return isoOrder(head.subarray(0, bytesRead)) === 'index-first';
}

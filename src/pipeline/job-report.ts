import { readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { ReportData, ReportedStage } from '../export/report/report-data.js';
import { reportHtml } from '../export/report/report-html.js';
import { languageTitle } from '../media/language-tags.js';
import { stageTable } from '../stages/stage-table.js';
import type { RemovedText, Segment } from '../types.js';
import type { NamedFile } from '../stages/artefact.js';
import { parseSubtitles } from '../subtitles/parse-subtitles.js';
import { writeAtomically } from './atomic-file.js';
import type { Job } from './job.js';
import type { StageRecord } from './manifest.js';
import { filesOf } from './run-result.js';

const fileName = 'report.html';

/** The stage has checked each segment already; checking all at once takes many times their size. */
const transcriptSchema = z.object({
  language: z.string(),
  duration: z.number(),
  segments: z.array(z.custom<Segment>()),
  removed: z.array(z.custom<RemovedText>()).optional(),
});

const brokenSchema = z.object({ broken: z.array(z.object({ message: z.string() })) });
const coverageSchema = z.object({
  terms: z.array(
    z.object({
      source: z.string(),
      target: z.string(),
      counts: z.record(z.string(), z.number()),
      missing: z.array(z.object({ reason: z.string() })),
    }),
  ),
});

/**
 * Writes the job's report.html from what the manifest says is finished, and resolves to its path. A
 * job that has failed has one too: it shows how far it came.
 */
export async function writeJobReport(
  job: Job,
  stages: ReadonlyMap<string, StageRecord>,
): Promise<string> {
  const path = join(job.folder, fileName);
  await writeAtomically(path, reportHtml(await dataOf(job, stages)));
  return path;
}

async function dataOf(job: Job, stages: ReadonlyMap<string, StageRecord>): Promise<ReportData> {
  const of = (artefact: string): readonly NamedFile[] => filesOf(job, stages, artefact);
  const [segments] = of('segments');
  const transcript = segments && transcriptSchema.parse(await readJson(segments.path));
  const [audio] = of('audio');
  const heard = audio?.path ?? job.request.input;
  return {
    title: basename(job.request.input),
    job: job.request.id,
    createdAt: job.request.createdAt,
    language: transcript?.language ?? 'unknown',
    durationS: transcript?.duration ?? 0,
    mediaHref: hrefOf(job, heard),
    stages: stagesOf(stages),
    warnings: [...stages].flatMap(([stage, { warnings }]) =>
      warnings.map((text) => ({ stage, text })),
    ),
    segments: transcript?.segments ?? [],
    removed: transcript?.removed ?? [],
    tracks: await tracksOf(job, of('subtitles'), of('subtitle_reports')),
    terms: await termsOf(of('glossary_reports')),
  };
}

function stagesOf(stages: ReadonlyMap<string, StageRecord>): readonly ReportedStage[] {
  const begins = [...stages.values()].flatMap(({ startedAt }) =>
    startedAt === undefined ? [] : [Date.parse(startedAt)],
  );
  const first = Math.min(...begins);
  const order = new Map<string, number>(stageTable.map(({ id }, place) => [id, place]));
  const place = (id: string): number => order.get(id) ?? order.size;
  return [...stages]
    .sort(([one], [other]) => place(one) - place(other))
    .map(([id, { status, reason, startedAt, resources, errors }]) => {
      const why = errors[0]?.message ?? reason;
      return {
        id,
        status,
        ...(why === undefined ? {} : { reason: why }),
        ...(startedAt === undefined ? {} : { beginS: (Date.parse(startedAt) - first) / 1000 }),
        ...resources,
      };
    });
}

async function tracksOf(
  job: Job,
  subtitles: readonly NamedFile[],
  reports: readonly NamedFile[],
): Promise<ReportData['tracks']> {
  return Promise.all(
    subtitles.map(async ({ name, path, about }) => {
      const language = about['language'] ?? 'und';
      const report = reports.find((one) => one.about['language'] === language);
      const { broken } =
        report === undefined ? { broken: [] } : brokenSchema.parse(await readJson(report.path));
      const cues = parseSubtitles(await readFile(path, 'utf8'), { name });
      return {
        language,
        title: `${languageTitle(language)}, ${name}`,
        href: hrefOf(job, path),
        cues: cues.length,
        violations: broken.map(({ message }) => message),
      };
    }),
  );
}

async function termsOf(reports: readonly NamedFile[]): Promise<ReportData['terms']> {
  const read = await Promise.all(
    reports.map(async ({ path }) => coverageSchema.parse(await readJson(path))),
  );
  return read.flatMap(({ terms }) =>
    terms.map(({ source, target, counts, missing }) => {
      const found = Object.values(counts).reduce((sum, count) => sum + count, 0);
      const note = missing[0]?.reason;
      return {
        term: source,
        target,
        found,
        applied: found - missing.length,
        ...(note === undefined ? {} : { note }),
      };
    }),
  );
}

/** Relative inside the job, so that its folder can be moved. */
function hrefOf(job: Job, path: string): string {
  const inside = relative(job.folder, path);
  if (inside.startsWith('..')) return pathToFileURL(path).href;
  return inside.split(sep).map(encodeURIComponent).join('/');
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8')) as unknown;
}

import { stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Pipeline } from 'cpw-native';
import { z } from 'zod';
import type { StoredJob } from './job-store.js';

/** What a client may have of a job, the later of two with the same name. */
const offered = ['transcripts', 'glossary_reports', 'subtitle_reports', 'subtitles', 'muxed'];

const types: Readonly<Record<string, string>> = {
  '.txt': 'text/plain; charset=utf-8',
  '.srt': 'application/x-subrip; charset=utf-8',
  '.vtt': 'text/vtt; charset=utf-8',
  '.ass': 'text/x-ssa; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
};

/** A file of a job's result. */
export const jobFileSchema = z.object({
  name: z.string(),
  kind: z.string().describe('transcripts, subtitles, muxed, …'),
  language: z.string().optional(),
  format: z.string(),
  bytes: z.number(),
  type: z.string(),
  url: z.string(),
});

/** A file of a job's result, with its place. */
export interface JobFile {
  readonly shown: z.output<typeof jobFileSchema>;
  readonly path: string;
}

/** The files that the manifest names and that are there. */
export async function jobFiles(
  { job, record }: StoredJob,
  pipeline: Pipeline,
): Promise<ReadonlyMap<string, JobFile>> {
  const { stages } = await pipeline.describe(job);
  const outputs = stages
    .filter(({ status }) => status === 'completed')
    .flatMap((stage) => stage.outputs)
    .filter(({ artefact }) => offered.includes(artefact))
    .toSorted((a, b) => offered.indexOf(a.artefact) - offered.indexOf(b.artefact));
  const files = new Map<string, JobFile>();
  for (const { artefact: kind, path: within, about } of outputs) {
    const path = join(job.folder, within);
    const name = path.slice(path.lastIndexOf(sep) + 1);
    const bytes = isInside(job.folder, path) ? await sizeOf(path) : undefined;
    if (bytes === undefined) continue;
    const language = about?.['language'];
    const format = extname(name).slice(1);
    const type = types[extname(name)] ?? 'application/octet-stream';
    const url = `/v1/jobs/${record.id}/files/${encodeURIComponent(name)}`;
    const spoken = language === undefined ? {} : { language };
    files.set(name, { path, shown: { name, kind, ...spoken, format, bytes, type, url } });
  }
  return files;
}

/** A manifest that was tampered with must not hand out other files of the server. */
function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !way.startsWith(sep);
}

async function sizeOf(path: string): Promise<number | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info?.isFile() === true ? info.size : undefined;
}

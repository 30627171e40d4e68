import { CpwError } from '../errors.js';
import { containers } from './containers.js';
import type { MuxPlan } from './mux-plan.js';
import type { MediaContent, MediaStream } from './probe-streams.js';

/**
 * Compares a file that was written with its plan: ffmpeg can end well and have left something out.
 * Throws CPW_MEDIA_TOOL_FAILED that names all that is missing; returns what could not be helped.
 */
export function checkMuxed(plan: MuxPlan, found: MediaContent): readonly string[] {
  const languages = wrongLanguages(plan, found);
  const known = containers[plan.container].language === 'quicktime';
  const missing = [...missingStreams(plan, found), ...(known ? [] : languages)];
  if (plan.media.content.chapters > found.chapters) {
    missing.push(`${plan.media.content.chapters - found.chapters} of its chapters`);
  }
  if (missing.length === 0) return languages.map((one) => `ffmpeg could not write ${one}`);
  throw new CpwError(
    'CPW_MEDIA_TOOL_FAILED',
    `${plan.media.name} with its subtitles was written without ${missing.join(', ')}, though ` +
      'ffmpeg reported no error; the file is discarded. Next step: try container mkv ' +
      '(--container mkv) or a newer ffmpeg.',
    { details: { missing } },
  );
}

const kinds = ['video', 'audio', 'subtitle', 'cover', 'attachment'] as const;

function missingStreams({ fates, tracks }: MuxPlan, { streams }: MediaContent): string[] {
  return kinds.flatMap((kind) => {
    const kept = fates.filter(({ stream, way }) => stream.kind === kind && way !== 'drop');
    const wanted = kept.length + (kind === 'subtitle' ? tracks.length : 0);
    const got = countOf(streams, kind);
    return got < wanted ? [`${wanted - got} of ${wanted} ${kind} streams`] : [];
  });
}

/** The added tracks are the last of the subtitles, in their order. */
function wrongLanguages({ tracks, container }: MuxPlan, { streams }: MediaContent): string[] {
  const written = streams.filter(({ kind }) => kind === 'subtitle').slice(-tracks.length);
  return tracks.flatMap(({ tags, title }, index) => {
    const { label, language: code } = containers[container];
    const stream = written[index];
    if (stream === undefined || stream.tags['language'] === tags[code]) return [];
    return [`the language of ${JSON.stringify(title)} (${tags[code]}) into ${label}`];
  });
}

function countOf(streams: readonly MediaStream[], kind: MediaStream['kind']): number {
  return streams.filter((stream) => stream.kind === kind).length;
}

import { extname } from 'node:path';
import { CpwError } from '../errors.js';
import type { ContainerName, ParsedMuxOptions } from '../options/mux.js';
import { chooseContainer, type StreamFate } from './choose-container.js';
import { containers, type SubtitleFormat } from './containers.js';
import { languageTags, languageTitle, type LanguageTags } from './language-tags.js';
import type { MediaContent } from './probe-streams.js';

/** A subtitle file that becomes a track. */
export interface SubtitleTrack {
  /** An .srt, .vtt or .ass file in UTF-8. */
  readonly path: string;
  /** BCP 47, ISO 639 or NLLB's code. */
  readonly language: string;
  /** As players list it. Absent: the language's own name. */
  readonly title?: string | undefined;
}

/** A track as it will be written. */
export interface PlannedTrack extends SubtitleTrack {
  readonly title: string;
  readonly format: SubtitleFormat;
  readonly codec: string;
  readonly tags: LanguageTags;
  readonly isDefault: boolean;
}

/** What one run of ffmpeg is to do; made before anything is computed. */
export interface MuxPlan {
  readonly media: { readonly path: string; readonly name: string; readonly content: MediaContent };
  /** Also the extension of the file that is written. */
  readonly container: ContainerName;
  readonly fates: readonly StreamFate[];
  readonly tracks: readonly PlannedTrack[];
  /** What a user should know of the choices. */
  readonly notes: readonly string[];
}

/**
 * Decides how media and tracks become one file. Throws CPW_INVALID_OPTIONS for what does not fit
 * together, CPW_UNSUPPORTED_LANGUAGE for a track's language.
 */
export function planTracks(
  media: MuxPlan['media'],
  tracks: readonly SubtitleTrack[],
  options: ParsedMuxOptions,
): MuxPlan {
  if (tracks.length === 0) {
    throw new CpwError('CPW_INVALID_OPTIONS', `No subtitles to add to ${media.name} were given.`);
  }
  const { name: container, fates, notes } = chooseContainer(media, options);
  const tagged = tracks.map((track) => ({ ...track, tags: languageTags(track.language) }));
  const chosen = defaultOf(tagged, options.defaultTrack);
  const planned = tagged.map((track, index): PlannedTrack => {
    const format = formatOf(track.path);
    const title = track.title ?? languageTitle(track.language);
    const codec = containers[container].added[format];
    return { ...track, title, format, codec, isDefault: index === chosen };
  });
  const own = [
    ...planned.flatMap((track) => trackNotes(track, container)),
    ...flagNotes(container, chosen),
  ];
  return { media, container, fates, tracks: planned, notes: [...notes, ...own] };
}

function flagNotes(container: ContainerName, chosen: number | undefined): readonly string[] {
  const { muxer, label } = containers[container];
  // A track of ISO media is switched on or off, and ffmpeg 5.1 leaves no kind without one.
  const forced = chosen === undefined && (muxer === 'mp4' || muxer === 'mov');
  return forced ? [`${label} always has one subtitle track switched on: its first`] : [];
}

function defaultOf(
  tracks: readonly (SubtitleTrack & { readonly tags: LanguageTags })[],
  asked: string,
): number | undefined {
  if (asked === 'none') return undefined;
  if (asked === 'first') return 0;
  const { bcp47 } = languageTags(asked);
  const found = tracks.findIndex(({ tags }) => tags.bcp47 === bcp47);
  const near = tracks.findIndex(({ tags }) => tags.bcp47.startsWith(`${bcp47}-`));
  if (found >= 0 || near >= 0) return found >= 0 ? found : near;
  const all = tracks.map(({ language }) => language).join(', ');
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `defaultTrack: no track in ${asked} is added, only ${all}. ` +
      'Next step: name one of these, first or none.',
  );
}

function formatOf(path: string): SubtitleFormat {
  const extension = extname(path).slice(1).toLowerCase();
  if (extension === 'srt' || extension === 'vtt' || extension === 'ass') return extension;
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `${JSON.stringify(path)} is no subtitle file that can be added. ` +
      'Next step: give an .srt, .vtt or .ass file.',
    { details: { path } },
  );
}

function trackNotes(
  { path, format, codec, language, tags }: PlannedTrack,
  container: ContainerName,
): readonly string[] {
  const written = tags[containers[container].language];
  const bare = new Intl.Locale(tags.bcp47).language;
  const narrower =
    tags.bcp47 === bare
      ? []
      : [
          `${language} is written as ${written}, since ffmpeg writes no BCP 47 tag; its title stays`,
        ];
  const styled =
    format === 'ass' && codec !== 'ass'
      ? [`${JSON.stringify(path)} becomes ${codec}, which keeps no styles`]
      : [];
  return [...narrower, ...styled];
}

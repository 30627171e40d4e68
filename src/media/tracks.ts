import { CpwError } from '../errors.js';
import type { AudioTrack, MediaInfo } from './probe.js';

/** The track to read, and what the user should know of the choice. */
export interface ChosenTrack {
  readonly track: AudioTrack;
  readonly note?: string;
}

/**
 * The track that was asked for, else the file's default, else its first. Throws
 * CPW_UNSUPPORTED_MEDIA where there is no audio, CPW_INVALID_OPTIONS for a track that does not exist.
 */
export function chooseTrack(
  name: string,
  { tracks, otherKinds }: MediaInfo,
  asked: number | string | undefined,
): ChosenTrack {
  const [first] = tracks;
  if (first === undefined) {
    const holds = otherKinds.length > 0 ? `only ${otherKinds.join(' and ')}` : 'nothing to play';
    throw new CpwError(
      'CPW_UNSUPPORTED_MEDIA',
      `${name} has no audio track: it holds ${holds}. ` +
        'Next step: name a file with sound; what is shot and what is heard may lie in two files.',
    );
  }
  const all = tracks.map(describeTrack).join(', ');
  if (asked !== undefined) {
    const track = find(tracks, asked);
    if (track) return { track };
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `${name} has no audio track ${asked}. It has: ${all}. ` +
        'Next step: choose one of these by its number or language.',
      { details: { tracks } },
    );
  }
  const track = tracks.find(({ isDefault }) => isDefault) ?? first;
  if (tracks.length === 1) return { track };
  const note =
    `${name} has ${tracks.length} audio tracks: ${all}. Taken: ${track.number}. ` +
    'Another one is chosen by audioTrack (--audio-track <number or language>)';
  return { track, note };
}

/** `2 (ger, "Kommentar", aac, 6 channels)` */
function describeTrack({ number, language, title, codec, channels }: AudioTrack): string {
  const facts = [
    language,
    title === undefined ? undefined : JSON.stringify(title),
    codec,
    `${channels} ${channels === 1 ? 'channel' : 'channels'}`,
  ];
  return `${number} (${facts.filter((fact) => fact !== undefined).join(', ')})`;
}

function find(tracks: readonly AudioTrack[], asked: number | string): AudioTrack | undefined {
  if (typeof asked === 'number') return tracks.find(({ number }) => number === asked);
  const language = canonical(asked);
  const spoken = tracks.filter((track) => speaks(track, language));
  return spoken.find(({ isDefault }) => isDefault) ?? spoken[0];
}

/** `en` asks for any English; `en-GB` for that alone. */
function speaks(track: AudioTrack, asked: string): boolean {
  if (track.language === undefined) return false;
  const language = canonical(track.language);
  return language === asked || language.startsWith(`${asked}-`);
}

/** One form for `en` and `eng`, `ger` and `deu`: containers write ISO 639-2, users 639-1. */
function canonical(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? language;
  } catch {
    return language.toLowerCase();
  }
}

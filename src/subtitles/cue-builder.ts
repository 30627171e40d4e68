import { parseOptions } from '../options/parse.js';
import { subtitleOptionsSchema, type SubtitleOptions } from '../options/subtitles.js';
import { widthOf } from '../text/width.js';
import { Optimiser, type PlannedCue } from './optimiser.js';
import type { Cue } from './cue.js';
import { firstLineWidth, type PlanOptions } from './plan.js';
import { tokensOf, type ShownSegment } from './tokens.js';
import { labelOf, voiceOf } from './voice.js';

/** What cues are made for. */
export interface CueContext {
  /** BCP 47 or Whisper's code: by whose words lines break. A segment's own comes first. */
  readonly language?: string;
  /** True leaves room for the speaker's name in front of the text, as {@link labelled} writes it. */
  readonly labels?: boolean;
}

interface Channel {
  readonly optimiser: Optimiser;
  readonly options: PlanOptions;
  readonly voice: string | undefined;
  readonly ready: Cue[];
}

/**
 * Makes cues of segments as they come: in order of their starts, no later than about a minute of
 * speech behind, mostly after a pause. The same segments give the same cues in whatever portions.
 */
export class CueBuilder {
  readonly #rules;
  readonly #context: CueContext;
  readonly #channels = new Map<number | undefined, Channel>();

  /** Throws CPW_INVALID_OPTIONS. */
  constructor(options: SubtitleOptions = {}, context: CueContext = {}) {
    this.#rules = parseOptions(subtitleOptionsSchema, options, { subject: 'subtitles' });
    this.#context = context;
  }

  /** Takes the next segment, which starts no earlier than those before it, and hands out what is decided. */
  add(segment: ShownSegment): readonly Cue[] {
    const channel = this.#channelOf(segment);
    const { language } = this.#context;
    const tokens = tokensOf(segment, { language, widest: firstLineWidth(channel.options) });
    for (const [index, token] of tokens.entries()) {
      keep(channel, channel.optimiser.add(token, index === 0));
    }
    return this.#release(segment.start);
  }

  /** The remaining cues, after the last segment. */
  end(): readonly Cue[] {
    for (const channel of this.#channels.values()) keep(channel, channel.optimiser.end());
    return this.#release(Infinity);
  }

  #channelOf(segment: ShownSegment): Channel {
    const known = this.#channels.get(segment.channel);
    if (known) return known;
    const voice = voiceOf(segment);
    const labelWidth = this.#context.labels === true ? widthOf(labelOf(voice)) : 0;
    const options = { rules: this.#rules, labelWidth };
    const made = { optimiser: new Optimiser(options), options, voice, ready: [] };
    this.#channels.set(segment.channel, made);
    return made;
  }

  /** Nobody speaks before `until` any more, apart from what is undecided. */
  #release(until: number): readonly Cue[] {
    const channels = [...this.#channels.values()];
    const open = channels.map(({ optimiser }) => optimiser.pendingFromMs / 1000);
    // Without channels everything is one row, which is in order by itself.
    const limit = this.#channels.has(undefined) ? Infinity : Math.min(until, ...open);
    const cues = channels.flatMap(({ ready }) => {
      const later = ready.findIndex(({ start }) => start > limit);
      return ready.splice(0, later < 0 ? ready.length : later);
    });
    return cues.sort((a, b) => a.start - b.start);
  }
}

function keep({ ready, voice }: Channel, planned: readonly PlannedCue[]): void {
  for (const { startMs, endMs, lines } of planned) {
    const spoken = voice === undefined ? {} : { voice };
    ready.push({ start: startMs / 1000, end: endMs / 1000, lines, ...spoken });
  }
}

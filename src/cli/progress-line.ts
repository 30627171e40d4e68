import stringWidth from 'string-width';
import { clock, paceOf } from './pace.js';

/** What a progress line tells. */
export interface ProgressNews {
  readonly label: string;
  /** 0..1; undefined where nobody knows. */
  readonly fraction: number | undefined;
  readonly elapsedS: number;
  /** Seconds of audio that are done. */
  readonly audioS: number | undefined;
}

// Less of a name says nothing; rather the speed goes.
const leastLabel = 12;

/** `talk.wav   42 %  12.3x real time  0:35, 0:48 left`, in fewer cells than `columns`. */
export function progressLine(news: ProgressNews, columns = Infinity): string {
  const { label, fraction } = news;
  const { elapsedS, speed, etaS } = paceOf(news);
  const percent =
    fraction === undefined ? '' : `  ${String(Math.floor(fraction * 100)).padStart(3)} %`;
  const fast = speed === undefined ? '' : `  ${speed.toFixed(1)}x real time`;
  const elapsed = `  ${clock(elapsedS)}`;
  const left = etaS === undefined ? '' : `${clock(etaS)} left`;
  const times = left === '' ? elapsed : `${elapsed}, ${left}`;
  const shorter = left === '' ? '' : `  ${left}`;
  const tails = [
    `${percent}${fast}${times}`,
    `${percent}${times}`,
    `${percent}${shorter}`,
    percent,
  ];
  const room = (tail: string): number => columns - 1 - tail.length;
  const needed = Math.min(leastLabel, stringWidth(label));
  const tail = tails.find((one) => room(one) >= needed) ?? percent;
  const cells = room(tail);
  return cells > 0 ? `${cut(label, cells)}${tail}` : tail.slice(0, Math.max(0, columns - 1));
}

/** The end of a text in at most `cells` cells of a terminal, … for what is cut off. */
function cut(text: string, cells: number): string {
  if (stringWidth(text) <= cells) return text;
  const parts = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  let kept = '';
  let width = 1;
  for (const part of parts.toReversed()) {
    width += stringWidth(part);
    if (width > cells) break;
    kept = part + kept;
  }
  return `…${kept}`;
}

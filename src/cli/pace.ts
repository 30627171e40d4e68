/** How fast a piece of work goes. */
export interface Pace {
  readonly elapsedS: number;
  /** Seconds of audio done in a second; absent until it is known. */
  readonly speed?: number;
  /** Seconds that are left; absent until a guess is worth something. */
  readonly etaS?: number;
}

/** What {@link paceOf} reckons with. */
export interface Work {
  readonly elapsedS: number;
  /** 0..1; absent where it is not known. */
  readonly fraction?: number | undefined;
  /** Seconds of audio that are done, 0 until the first are; absent where it is no audio. */
  readonly audioS?: number | undefined;
}

// A guess from less than a second or a hundredth of the work jumps about, and what was read of a
// file says nothing before the first of it has been recognised.
const leastS = 1;
const leastFraction = 0.01;
/** A speed of a moment is none. */
const leastSpeedS = 0.1;

/** Speed and time left by what is done so far. */
export function paceOf({ elapsedS, fraction, audioS }: Work): Pace {
  const begun = audioS === undefined || audioS > 0;
  const guess =
    begun &&
    elapsedS >= leastS &&
    fraction !== undefined &&
    fraction >= leastFraction &&
    fraction < 1;
  return {
    elapsedS,
    ...(audioS === undefined || audioS <= 0 || elapsedS < leastSpeedS
      ? {}
      : { speed: audioS / elapsedS }),
    ...(guess ? { etaS: (elapsedS * (1 - fraction)) / fraction } : {}),
  };
}

/** Seconds for people: `0:07`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  const minutes = `${Math.floor(whole / 60) % 60}:${two(whole % 60)}`;
  return whole < 3600 ? minutes : `${Math.floor(whole / 3600)}:${minutes.padStart(5, '0')}`;
}

/** `HH:MM:SS` and a mark before the milliseconds; hours take more digits from 100 on. */
export function timestamp(seconds: number, mark: ',' | '.'): string {
  const ms = Math.round(seconds * 1000);
  const part = (unitMs: number, limit: number): string =>
    String(Math.floor(ms / unitMs) % limit).padStart(2, '0');
  const clock = `${part(3_600_000, Infinity)}:${part(60_000, 60)}:${part(1000, 60)}`;
  return `${clock}${mark}${String(ms % 1000).padStart(3, '0')}`;
}

const clock = /^(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?$/u;

/** The seconds that a subtitle file's time stands for: hours may be missing, `,` and `.` are alike. */
export function parseTimestamp(text: string): number | undefined {
  const found = clock.exec(text.trim());
  if (!found) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0', fraction = '0'] = found;
  if (Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  // In whole milliseconds, so that what is written again is the same.
  return (whole * 1000 + Number(fraction.padEnd(3, '0'))) / 1000;
}

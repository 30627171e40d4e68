/** `HH:MM:SS` and a mark before the milliseconds; hours take more digits from 100 on. */
export function timestamp(ms: number, mark: ',' | '.'): string {
  const part = (unitMs: number, limit: number): string =>
    String(Math.floor(ms / unitMs) % limit).padStart(2, '0');
  const clock = `${part(3_600_000, Infinity)}:${part(60_000, 60)}:${part(1000, 60)}`;
  return `${clock}${mark}${String(ms % 1000).padStart(3, '0')}`;
}

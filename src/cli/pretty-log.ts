import { stripVTControlCharacters } from 'node:util';

const colours: Readonly<Record<string, number>> = { debug: 90, info: 36, warn: 33, error: 31 };
const named = new Set(['time', 'level', 'msg', 'err']);

/** A line of the log for people: `14:02:11 info  Processing complete stage=asr …`. */
export function prettyLine(line: string): string {
  const fields = JSON.parse(line) as Record<string, unknown>;
  const { time, level, msg, err } = fields;
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  const name = String(level);
  const colour = colours[name] ?? 0;
  const rest = Object.entries(fields).filter(([key]) => !named.has(key));
  const words = rest.map(([key, value]) => `${key}=${shown(value)}`);
  const stack = err === undefined ? [] : [`\n  ${stackOf(err)}`];
  const said = [stripVTControlCharacters(typeof msg === 'string' ? msg : ''), ...words].join(' ');
  return `${clock} \u001b[${colour}m${name.padEnd(5)}\u001b[0m ${said}${stack.join('')}\n`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w.:/@+-]+$/u.test(text) ? text : JSON.stringify(text);
}

function stackOf(error: unknown): string {
  const told =
    typeof error === 'object' && error !== null && 'stack' in error ? error.stack : error;
  return stripVTControlCharacters(String(told)).replaceAll('\n', '\n  ');
}

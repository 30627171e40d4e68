import type { ErrorEvent, StackFrame } from '@sentry/node';
import { basename } from 'node:path';

/** Longest text of an error that is told. */
const mostCharacters = 300;
/** What stands in quotes may be said, read or typed by somebody. */
const quoted = /"[^"]*"?|'[^'\n]*'|“[^”]*”?|‘[^’]*’?|«[^»]*»?|`[^`]*`?/gu;

/** An error's text without what it quotes and without where things lie. */
export function scrubbedText(text: string): string {
  const line = text.split('\n')[0] ?? '';
  const short = line.replace(quoted, '"…"').replace(/(?:[\w.~-]*\/)+[\w.~-]+/gu, '…');
  return short.length > mostCharacters ? `${short.slice(0, mostCharacters)}…` : short;
}

/** What of an event may leave the machine: a list of what is known to be harmless, nothing else. */
export function scrubbedEvent(event: ErrorEvent): ErrorEvent {
  const { event_id, timestamp, level, platform, release, environment, tags, sdk } = event;
  const values = event.exception?.values?.map(({ type, value, stacktrace, mechanism }) => ({
    ...(type === undefined ? {} : { type }),
    value: scrubbedText(value ?? ''),
    ...(mechanism === undefined
      ? {}
      : { mechanism: { type: mechanism.type, handled: mechanism.handled ?? true } }),
    ...(stacktrace?.frames === undefined
      ? {}
      : { stacktrace: { frames: stacktrace.frames.flatMap(scrubbedFrame) } }),
  }));
  return {
    type: undefined,
    ...given({ event_id, timestamp, level, platform, release, environment, tags, sdk }),
    ...(values === undefined ? {} : { exception: { values } }),
  };
}

/**
 * Without lines of source, variables and folders. The second line of a message can look like a frame
 * to the client's parser: only files of code count, and names that code has.
 */
function scrubbedFrame({
  filename,
  function: name,
  lineno,
  colno,
  in_app,
}: StackFrame): StackFrame[] {
  const file = basename(filename ?? '');
  if (lineno === undefined || !/^(node:)?[\w.-]+$/u.test(file)) return [];
  const known = /^[\w.$<>?# ]{1,80}$/u.test(name ?? '') ? name : '?';
  return [given({ filename: file, function: known, lineno, colno, in_app })];
}

function given<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [Key in keyof Fields]: Exclude<Fields[Key], undefined> };
}

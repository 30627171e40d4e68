import type { CliEvent } from './events.js';

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'time'> : never;
type DeepReadonly<Value> = Value extends object
  ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
  : Value;

/** Where the events of a run go. */
export interface EventStream {
  /** Without effect where nobody asked for events. */
  emit(event: DeepReadonly<WithoutTime<CliEvent>>): void;
}

/** Events as lines of JSON for `write`; undefined drops them. */
export function createEvents(write: ((line: string) => void) | undefined): EventStream {
  return {
    emit: ({ type, ...rest }) =>
      write?.(`${JSON.stringify({ type, time: new Date().toISOString(), ...rest })}\n`),
  };
}

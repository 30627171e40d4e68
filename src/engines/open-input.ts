import { openInput, type AudioInput, type OpenedInput } from '../media/input.js';
import { unlessAborted } from '../native/handle.js';
import { loadAddon } from '../native/load.js';

/** Opens an input for one call. A stream that stays silent holds up no abort. */
export function openFor(input: AudioInput, signal?: AbortSignal): Promise<OpenedInput> {
  return unlessAborted(openInput(loadAddon(), input), signal, (late) => late.pump?.stop());
}

import { CpwError } from '../errors.js';
import type { NativeAddon, NativeBackend } from '../native/addon.js';
import { addonPath } from '../native/load.js';
import type { ParsedRecognizerOptions } from '../options/recognizer.js';
import type { DeviceName, EngineName } from '../types.js';

/** What each engine says of each device. */
export type Backends = readonly NativeBackend[];

type Wish = Pick<ParsedRecognizerOptions, 'device' | 'cacheDir'>;

/** GPUs that an addon can be built for, the preferred one first. */
const gpus = ['cuda', 'metal'] as const;
const engines: readonly EngineName[] = ['whisper', 'ctranslate2'];

/**
 * What the backends say. An addon without GPU code is asked here, which costs nothing; one with it
 * is tried in a child process, once for a machine: a bad driver can take down whoever asks it.
 */
export async function askBackends(
  addon: NativeAddon,
  { device, cacheDir }: Wish,
  signal?: AbortSignal,
): Promise<readonly NativeBackend[]> {
  const { build } = addon.buildInfo();
  const built = gpus.filter((gpu) => build[gpu] === true);
  if (built.length === 0) return addon.systemInfo().backends;
  if (device === 'cpu') return backendsOf('cpu', { available: true, detail: '' });
  const { tryHardware } = await import('../native/hardware.js');
  const { outcome } = await tryHardware(addonPath(), { cacheDir, signal });
  if (outcome.kind === 'answered') return outcome.backends;
  const detail = outcome.message;
  return [
    ...backendsOf('cpu', { available: true, detail: '' }),
    ...built.flatMap((gpu) => backendsOf(gpu, { available: false, detail })),
  ];
}

function backendsOf(
  device: DeviceName,
  state: Pick<NativeBackend, 'available' | 'detail'>,
): readonly NativeBackend[] {
  return engines.map((engine) => ({ engine, device, ...state }));
}

/** Our words for whisper.cpp, and CTranslate2's own. */
const noGpuCode = /not part of this build|not compiled with CUDA/u;

/** The device to use and why: the one asked for, else the first GPU that works, else the cpu. */
export function chooseDevice(
  backends: readonly NativeBackend[],
  { device, engine }: Pick<ParsedRecognizerOptions, 'device' | 'engine'>,
): { readonly device: DeviceName; readonly reason: string } {
  if (device !== 'auto') return { device, reason: `${device} was asked for` };
  const usable = gpus.find((one) =>
    backends.some(
      (backend) =>
        backend.device === one &&
        backend.available &&
        (engine === 'auto' || backend.engine === engine),
    ),
  );
  if (usable !== undefined) return { device: usable, reason: `${usable} is available` };
  const said = backends.filter((backend) => backend.device !== 'cpu');
  if (said.every(({ detail }) => noGpuCode.test(detail))) {
    return { device: 'cpu', reason: 'cpu, since this build has no GPU code' };
  }
  const why = said.map((backend) => `${backend.engine} ${backend.device}: ${backend.detail}`);
  return { device: 'cpu', reason: `cpu, since no GPU can be used (${why.join('; ')})` };
}

/** Throws CPW_UNSUPPORTED_DEVICE where the engine cannot compute on the device. */
export function checkDevice(
  backends: readonly NativeBackend[],
  engine: EngineName,
  device: DeviceName,
): void {
  if (engine === 'ctranslate2' && device === 'metal') throw metalIsWhispers();
  const backend = backends.find((one) => one.engine === engine && one.device === device);
  if (backend?.available === true) return;
  throw new CpwError(
    'CPW_UNSUPPORTED_DEVICE',
    `${engine} cannot use ${device}: ${backend?.detail ?? 'it has no such backend'}. ` +
      'Next step: --device cpu (or auto); cpw-native doctor shows what each backend said.',
    { details: { engine, device } },
  );
}

/** CTranslate2 was asked for on Metal. */
export function metalIsWhispers(): CpwError {
  return new CpwError(
    'CPW_UNSUPPORTED_DEVICE',
    'Metal is for the whisper engine alone; CTranslate2 has no Metal backend. ' +
      'Next step: --engine whisper, or --device cpu.',
  );
}

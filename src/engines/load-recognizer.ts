import type { OnDownload } from '../models/download-event.js';
import { ensureModel, type EnsureOptions } from '../models/ensure-model.js';
import { formOfSafeTensors } from '../models/safetensors-form.js';
import { resolveModel, type ResolvedModel } from '../models/store.js';
import type { NativeAddon, NativeJob, NativeRecognizer } from '../native/addon.js';
import { availableCores } from '../native/cpu.js';
import { runJob } from '../native/handle.js';
import { loadAddon } from '../native/load.js';
import { CpwError } from '../errors.js';
import type { HubOptions } from '../options/download.js';
import { parseOptions } from '../options/parse.js';
import {
  recognizerOptionsSchema,
  type ParsedRecognizerOptions,
  type RecognizerOptions,
} from '../options/recognizer.js';
import type { DeviceName, EngineName } from '../types.js';

/** How a load is stopped, and how a missing model is brought. */
export interface LoadContext {
  readonly signal?: AbortSignal;
  /** Hears of a missing model that is fetched or made, the speech detector's too. */
  readonly onDownload?: OnDownload;
  /** Where models are fetched from: a mirror, a token, proxies. No environment is read. */
  readonly hub?: HubOptions;
}

export interface LoadedRecognizer {
  readonly native: NativeRecognizer;
  readonly path: string;
  readonly reason: string;
  /** How the speech detector is brought, should it be missing. */
  readonly store: EnsureOptions;
}

/** Chooses device, engine and form of the model, and loads it. */
export async function loadRecognizer(
  model: string,
  options: RecognizerOptions,
  context: LoadContext,
): Promise<LoadedRecognizer> {
  const parsed = parseOptions(recognizerOptionsSchema, options, { subject: 'Recognizer.load' });
  const addon = loadAddon();
  const { device, reason: deviceReason } = chooseDevice(addon, parsed);
  const { engine, computeType, modelsDir } = parsed;
  // Before gigabytes are fetched for a device that is not there.
  if (!addon.systemInfo().backends.some((one) => one.device === device && one.available)) {
    checkDevice(addon, engine === 'auto' ? 'whisper' : engine, device);
  }
  const wish = { engine, device, computeType };
  const root = modelsDir === undefined ? {} : { root: modelsDir };
  const { signal, ...callbacks } = context;
  const store: EnsureOptions = { ...callbacks, ...root, download: parsed.download };
  await ensureModel(model, wish, { ...store, signal });
  const made = await formOfSafeTensors(model, wish, { ...store, signal });
  const resolved = await resolveModel(made?.path ?? model, { ...wish, ...root });
  checkDevice(addon, resolved.engine, device);
  const native = await runJob(() => startLoad(addon, resolved, { parsed, device }), signal);
  const reason = `${resolved.reason}; ${deviceReason}`;
  return { native, path: resolved.path, reason, store };
}

function startLoad(
  addon: NativeAddon,
  model: ResolvedModel,
  { parsed, device }: { parsed: ParsedRecognizerOptions; device: DeviceName },
): NativeJob<NativeRecognizer> {
  const common = {
    path: model.path,
    deviceIndex: parsed.deviceIndex,
    ...shares(model.engine, parsed, device),
  };
  if (model.engine === 'whisper') return addon.WhisperRecognizer.load({ ...common, device });
  if (device === 'metal') throw metalIsWhispers();
  return addon.CTranslate2Recognizer.load({
    ...common,
    device,
    computeType: model.computeType,
  });
}

/** Threads for each replica. Threads beyond the cores are far slower, so a given total is divided. */
function shares(
  engine: EngineName,
  { threads, replicas }: ParsedRecognizerOptions,
  device: DeviceName,
): { readonly threads: number; readonly replicas: number } {
  const total = threads === 'auto' ? availableCores() : threads;
  // CTranslate2: replicas of one thread beat threads of one replica by 1.3 to 1.9 on a CPU.
  // whisper.cpp scales with threads, and each replica costs it a state of a few 100 MB.
  const automatic = device === 'cpu' && engine === 'ctranslate2' ? total : 1;
  const count = replicas === 'auto' ? automatic : replicas;
  return { replicas: count, threads: Math.max(1, Math.floor(total / count)) };
}

function chooseDevice(
  addon: NativeAddon,
  { device, engine }: ParsedRecognizerOptions,
): { readonly device: DeviceName; readonly reason: string } {
  if (device !== 'auto') return { device, reason: `${device} was asked for` };
  const { backends } = addon.systemInfo();
  const usable = (['cuda', 'metal'] as const).find((one) =>
    backends.some(
      (backend) =>
        backend.device === one &&
        backend.available &&
        (engine === 'auto' || backend.engine === engine),
    ),
  );
  if (usable !== undefined) return { device: usable, reason: `${usable} is available` };
  const said = backends.filter((backend) => backend.device !== 'cpu');
  const why = said.map((backend) => `${backend.engine} ${backend.device}: ${backend.detail}`);
  return { device: 'cpu', reason: `cpu, since no GPU can be used (${why.join('; ')})` };
}

function checkDevice(addon: NativeAddon, engine: EngineName, device: DeviceName): void {
  if (engine === 'ctranslate2' && device === 'metal') throw metalIsWhispers();
  const { backends } = addon.systemInfo();
  const backend = backends.find((one) => one.engine === engine && one.device === device);
  if (backend?.available === true) return;
  throw new CpwError(
    'CPW_UNSUPPORTED_DEVICE',
    `${engine} cannot use ${device}: ${backend?.detail ?? 'it has no such backend'}. ` +
      'Next step: --device cpu (or auto); cpw-native doctor shows what each backend said.',
    { details: { engine, device } },
  );
}

function metalIsWhispers(): CpwError {
  return new CpwError(
    'CPW_UNSUPPORTED_DEVICE',
    'Metal is for the whisper engine alone; CTranslate2 has no Metal backend. ' +
      'Next step: --engine whisper, or --device cpu.',
  );
}

import type { OnDownload } from '../models/download-event.js';
import { ensureModel, type EnsureOptions } from '../models/ensure-model.js';
import { formOfSafeTensors } from '../models/safetensors-form.js';
import { resolveModel, type ResolvedModel } from '../models/store.js';
import type { NativeAddon, NativeJob, NativeRecognizer } from '../native/addon.js';
import { availableCores } from '../native/cpu.js';
import { runJob } from '../native/handle.js';
import { loadAddon } from '../native/load.js';
import type { HubOptions } from '../options/download.js';
import { parseOptions } from '../options/parse.js';
import {
  recognizerOptionsSchema,
  type ParsedRecognizerOptions,
  type RecognizerOptions,
} from '../options/recognizer.js';
import type { DeviceName, EngineName } from '../types.js';
import { askBackends, checkDevice, chooseDevice, metalIsWhispers } from './choose-device.js';
import { memoryWarning } from './memory-warning.js';

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
  const backends = await askBackends(addon, parsed, context.signal);
  const { device, reason: deviceReason } = chooseDevice(backends, parsed);
  const { engine, computeType, modelsDir } = parsed;
  // Before gigabytes are fetched for a device that is not there.
  if (!backends.some((one) => one.device === device && one.available)) {
    checkDevice(backends, engine === 'auto' ? 'whisper' : engine, device);
  }
  const wish = { engine, device, computeType };
  const root = modelsDir === undefined ? {} : { root: modelsDir };
  const { signal, ...callbacks } = context;
  const store: EnsureOptions = { ...callbacks, ...root, download: parsed.download };
  await ensureModel(model, wish, { ...store, signal });
  const made = await formOfSafeTensors(model, wish, { ...store, signal });
  const resolved = await resolveModel(made?.path ?? model, { ...wish, ...root });
  checkDevice(backends, resolved.engine, device);
  const warning = await memoryWarning(resolved);
  const native = await runJob(() => startLoad(addon, resolved, { parsed, device }), signal);
  const reason = [resolved.reason, deviceReason, warning].filter(Boolean).join('; ');
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

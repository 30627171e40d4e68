import { resolveModel, type ResolvedModel } from '../models/store.js';
import type { NativeAddon, NativeJob, NativeRecognizer } from '../native/addon.js';
import { availableCores } from '../native/cpu.js';
import { runJob } from '../native/handle.js';
import { loadAddon } from '../native/load.js';
import { parseOptions } from '../options/parse.js';
import {
  recognizerOptionsSchema,
  type ParsedRecognizerOptions,
  type RecognizerOptions,
} from '../options/recognizer.js';
import type { DeviceName, EngineName } from '../types.js';
import { askBackends, checkDevice, chooseDevice, metalIsWhispers } from './choose-device.js';
import { memoryWarning } from './memory-warning.js';

/** How a load is stopped. */
export interface LoadContext {
  readonly signal?: AbortSignal;
}

export interface LoadedRecognizer {
  readonly native: NativeRecognizer;
  readonly path: string;
  readonly reason: string;
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
  const resolved = await resolveModel(model, {
    engine,
    device,
    computeType,
    ...(modelsDir === undefined ? {} : { root: modelsDir }),
  });
  checkDevice(backends, resolved.engine, device);
  const warning = await memoryWarning(resolved);
  const native = await runJob(() => startLoad(addon, resolved, { parsed, device }), context.signal);
  const reason = [resolved.reason, deviceReason, warning].filter(Boolean).join('; ');
  return { native, path: resolved.path, reason };
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

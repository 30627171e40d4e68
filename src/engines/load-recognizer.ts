import { resolveModel, type ResolvedModel } from '../models/store.js';
import type { NativeAddon, NativeJob, NativeRecognizer } from '../native/addon.js';
import { availableCores } from '../native/cpu.js';
import { runJob } from '../native/handle.js';
import { loadAddon } from '../native/load.js';
import { CpwError } from '../errors.js';
import { parseOptions } from '../options/parse.js';
import {
  recognizerOptionsSchema,
  type ParsedRecognizerOptions,
  type RecognizerOptions,
} from '../options/recognizer.js';
import type { DeviceName, EngineName } from '../types.js';

/** How a load is stopped. */
export interface LoadContext {
  readonly signal?: AbortSignal;
}

export interface LoadedRecognizer {
  readonly native: NativeRecognizer;
  readonly path: string;
  readonly reason: string;
}

/** What a load would do. */
export interface RecognizerPlan extends Shares {
  readonly model: ResolvedModel;
  readonly device: DeviceName;
  readonly deviceIndex: number;
  /** Why this engine, this form of the model and this device. */
  readonly reason: string;
}

/** Threads for each replica. */
interface Shares {
  readonly threads: number;
  readonly replicas: number;
}

/**
 * Chooses device, engine and form of the model without loading it. Throws CPW_MODEL_NOT_FOUND,
 * CPW_MODEL_INCOMPATIBLE, CPW_UNSUPPORTED_DEVICE, CPW_INVALID_OPTIONS.
 */
export async function planRecognizer(
  model: string,
  options: RecognizerOptions,
): Promise<RecognizerPlan> {
  const parsed = parseOptions(recognizerOptionsSchema, options, { subject: 'Recognizer.load' });
  const addon = loadAddon();
  const { device, reason: deviceReason } = chooseDevice(addon, parsed);
  const { engine, computeType, modelsDir } = parsed;
  const resolved = await resolveModel(model, {
    engine,
    device,
    computeType,
    ...(modelsDir === undefined ? {} : { root: modelsDir }),
  });
  checkDevice(addon, resolved.engine, device);
  const reason = `${resolved.reason}; ${deviceReason}`;
  const { deviceIndex } = parsed;
  const split = shares(resolved.engine, parsed, device);
  return { model: resolved, device, deviceIndex, reason, ...split };
}

/** Chooses device, engine and form of the model, and loads it. */
export async function loadRecognizer(
  model: string,
  options: RecognizerOptions,
  context: LoadContext,
): Promise<LoadedRecognizer> {
  const plan = await planRecognizer(model, options);
  const native = await runJob(() => startLoad(loadAddon(), plan), context.signal);
  return { native, path: plan.model.path, reason: plan.reason };
}

function startLoad(
  addon: NativeAddon,
  { model, device, deviceIndex, threads, replicas }: RecognizerPlan,
): NativeJob<NativeRecognizer> {
  const common = { path: model.path, deviceIndex, threads, replicas };
  if (model.engine === 'whisper') return addon.WhisperRecognizer.load({ ...common, device });
  if (device === 'metal') throw metalIsWhispers();
  return addon.CTranslate2Recognizer.load({
    ...common,
    device,
    computeType: model.computeType,
  });
}

/** Threads beyond the cores are far slower, so a given total is divided. */
function shares(
  engine: EngineName,
  { threads, replicas }: ParsedRecognizerOptions,
  device: DeviceName,
): Shares {
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

import { automaticReplicas } from './automatic-replicas.js';
import { batchLimits, type BatchLimits } from './batch-limits.js';
import type { OnDownload } from '../models/download-event.js';
import type { ModelWish } from '../models/choose-format.js';
import { ensureModel, missingSteps, type EnsureOptions } from '../models/ensure-model.js';
import type { FetchStep } from '../models/fetch-plan.js';
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
import {
  askBackends,
  checkDevice,
  chooseDevice,
  metalIsWhispers,
  type Backends,
} from './choose-device.js';
import type { Breaker } from '../network/breaker.js';
import { memoryWarning } from './memory-warning.js';

/** How a load is stopped, and how a missing model is brought. */
export interface LoadContext {
  readonly signal?: AbortSignal;
  /** Hears of a missing model that is fetched or made, the speech detector's too. */
  readonly onDownload?: OnDownload;
  /** Where models are fetched from: a mirror, a token, proxies. No environment is read. */
  readonly hub?: HubOptions;
  /** Leaves a hub alone that has failed several times, as {@link networkBreaker} makes one. */
  readonly breaker?: Breaker;
}

export interface LoadedRecognizer {
  readonly native: NativeRecognizer;
  readonly path: string;
  readonly reason: string;
  /** How the speech detector is brought, should it be missing. */
  readonly store: EnsureOptions;
}

/** What a load would do. */
export interface RecognizerPlan extends Shares {
  readonly model: ResolvedModel;
  readonly device: DeviceName;
  readonly deviceIndex: number;
  readonly batch: BatchLimits;
  /** Why this engine, this form of the model, this device and these batches. */
  readonly reason: string;
}

/** Threads for each replica. */
interface Shares {
  readonly threads: number;
  readonly replicas: number;
}

/** What the options come down to on this machine, before a model is looked for. */
interface Choice {
  readonly parsed: ParsedRecognizerOptions;
  readonly backends: Backends;
  readonly device: DeviceName;
  readonly deviceReason: string;
  readonly wish: ModelWish;
  readonly root: { readonly root?: string };
}

/**
 * Chooses device, engine and form of the model without loading it. Throws CPW_MODEL_NOT_FOUND,
 * CPW_MODEL_INCOMPATIBLE, CPW_UNSUPPORTED_DEVICE, CPW_INVALID_OPTIONS.
 */
export async function planRecognizer(
  model: string,
  options: RecognizerOptions,
): Promise<RecognizerPlan> {
  return planFor(model, await choose(options));
}

/** What a load would fetch or make first, in order; empty where the model is there, or unknown. */
export async function missingForms(
  model: string,
  options: RecognizerOptions,
): Promise<readonly FetchStep[]> {
  const { wish, root } = await choose(options);
  return (await missingSteps(model, wish, root.root)).steps;
}

/** A load that is decided on, with the model on the disk. */
export interface PreparedRecognizer {
  readonly plan: RecognizerPlan;
  /** How the speech detector is brought, should it be missing. */
  readonly store: EnsureOptions;
}

/** Chooses device, engine and form of the model, and brings what is missing of it. */
export async function prepareRecognizer(
  model: string,
  options: RecognizerOptions,
  context: LoadContext,
): Promise<PreparedRecognizer> {
  const { signal, ...callbacks } = context;
  const choice = await choose(options, signal);
  const { parsed, wish, root } = choice;
  const store: EnsureOptions = { ...callbacks, ...root, download: parsed.download };
  await ensureModel(model, wish, { ...store, signal });
  const made = await formOfSafeTensors(model, wish, { ...store, signal });
  return { plan: await planFor(made?.path ?? model, choice), store };
}

/** Loads what was decided on. */
export async function loadPrepared(
  { plan, store }: PreparedRecognizer,
  signal?: AbortSignal,
): Promise<LoadedRecognizer> {
  const native = await runJob(() => startLoad(loadAddon(), plan), signal);
  return { native, path: plan.model.path, reason: plan.reason, store };
}

async function choose(options: RecognizerOptions, signal?: AbortSignal): Promise<Choice> {
  const parsed = parseOptions(recognizerOptionsSchema, options, { subject: 'Recognizer.load' });
  const backends = await askBackends(loadAddon(), parsed, signal);
  const { device, reason: deviceReason } = chooseDevice(backends, parsed);
  const { engine, computeType, modelsDir } = parsed;
  // Before gigabytes are fetched for a device that is not there.
  if (!backends.some((one) => one.device === device && one.available)) {
    checkDevice(backends, engine === 'auto' ? 'whisper' : engine, device);
  }
  const wish = { engine, device, computeType };
  const root = modelsDir === undefined ? {} : { root: modelsDir };
  return { parsed, backends, device, deviceReason, wish, root };
}

async function planFor(
  model: string,
  { parsed, backends, device, deviceReason, wish, root }: Choice,
): Promise<RecognizerPlan> {
  const resolved = await resolveModel(model, { ...wish, ...root });
  checkDevice(backends, resolved.engine, device);
  const warning = await memoryWarning(resolved);
  const { deviceIndex, batchSize } = parsed;
  const batch = batchLimits(resolved.engine, device, batchSize);
  const reasons = [resolved.reason, deviceReason, batch.reason, warning];
  return {
    model: resolved,
    device,
    deviceIndex,
    batch,
    reason: reasons.filter(Boolean).join('; '),
    ...shares(resolved.engine, parsed, device),
  };
}

function startLoad(
  addon: NativeAddon,
  { model, device, deviceIndex, threads, replicas, batch }: RecognizerPlan,
): NativeJob<NativeRecognizer> {
  const common = { path: model.path, deviceIndex, threads, replicas };
  if (model.engine === 'whisper') return addon.WhisperRecognizer.load({ ...common, device });
  if (device === 'metal') throw metalIsWhispers();
  return addon.CTranslate2Recognizer.load({
    ...common,
    device,
    computeType: model.computeType,
    batchRows: batch.rows,
    batchSeconds: batch.seconds,
  });
}

/** Threads beyond the cores are far slower, so a given total is divided. */
function shares(
  engine: EngineName,
  { threads, replicas }: ParsedRecognizerOptions,
  device: DeviceName,
): Shares {
  const total = threads === 'auto' ? availableCores() : threads;
  const count =
    replicas === 'auto' ? automaticReplicas({ engine, device, threads: total }) : replicas;
  return { replicas: count, threads: Math.max(1, Math.floor(total / count)) };
}

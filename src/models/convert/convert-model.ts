import { realpath } from 'node:fs/promises';
import { CpwError } from '../../errors.js';
import { detectModel, type DetectedModel } from '../detect-model.js';
import type { ConvertControl } from './convert-control.js';
import { ggmlToGgml } from './ggml-to-ggml.js';
import { quantizedFileTypes, type QuantizedType } from './ggml-model.js';
import { openHubWhisper } from './hub-whisper.js';
import { sileroToGgml } from './silero-to-ggml.js';
import { whisperToCTranslate2 } from './whisper-to-ctranslate2.js';
import { whisperToGgml } from './whisper-to-ggml.js';
import { openCTranslate2Source, type WhisperSource } from './whisper-source.js';

export type { ConvertControl } from './convert-control.js';

const quantizedTypes = Object.keys(quantizedFileTypes) as QuantizedType[];

/** The forms that {@link convertModel} makes. */
export const conversionTargets = [
  'ctranslate2',
  'ctranslate2-int8',
  'ggml-f16',
  'ggml-q8_0',
  'ggml-q5_1',
  'ggml-q5_0',
  'ggml-q4_1',
  'ggml-q4_0',
  'ggml-silero',
] as const;

/** The name of such a form. */
export type ConversionTarget = (typeof conversionTargets)[number];

/** What to convert into what. */
export interface ConvertRequest {
  /** A folder of the hub with safetensors, a CTranslate2 folder or a ggml file of Whisper, or Silero's safetensors. */
  readonly input: string;
  /** A file for the ggml forms, a folder for CTranslate2's; it must not exist. */
  readonly output: string;
  readonly to: ConversionTarget;
  /** True replaces an existing output. */
  readonly overwrite?: boolean;
}

/** What was written. */
export interface ConvertResult {
  readonly output: string;
  /** Of the file, or of the folder's model.bin. */
  readonly bytes: number;
}

const fromFloats = conversionTargets.filter((target) => target !== 'ggml-silero');

/** What each kind of model is called, and what it can be made into. */
const kinds: Readonly<
  Record<
    DetectedModel['kind'],
    { readonly name: string; readonly targets: readonly ConversionTarget[] }
  >
> = {
  'safetensors-whisper': { name: 'a Whisper model in safetensors', targets: fromFloats },
  'ctranslate2-whisper': { name: 'a CTranslate2 Whisper folder', targets: fromFloats },
  'ctranslate2-translation': { name: 'a CTranslate2 translation model', targets: [] },
  'ggml-whisper': {
    name: 'a Whisper model in ggml form',
    targets: quantizedTypes.map((type) => `ggml-${type}` as const),
  },
  'safetensors-silero': { name: 'Silero VAD in safetensors', targets: ['ggml-silero'] },
  'ggml-silero': { name: 'Silero VAD in ggml form', targets: [] },
  'safetensors-other': { name: 'an unknown model in safetensors', targets: [] },
};

/**
 * Converts a model. The output appears only when it is whole; a failed or aborted conversion
 * leaves nothing. Throws CPW_FILE_NOT_FOUND, CPW_MODEL_INCOMPATIBLE, CPW_INVALID_OPTIONS, or
 * CPW_OUT_OF_MEMORY when the disk is full.
 */
export async function convertModel(
  request: ConvertRequest,
  control: ConvertControl = {},
): Promise<ConvertResult> {
  control.signal?.throwIfAborted();
  const detected = await detectModel(request.input);
  checkPossible(request, detected);
  await refuseSamePlace(request);
  const bytes = await convert(request, detected, control);
  return { output: request.output, bytes };
}

async function convert(
  { input, output: path, to, overwrite = false }: ConvertRequest,
  detected: DetectedModel,
  control: ConvertControl,
): Promise<number> {
  if (detected.kind === 'safetensors-silero') {
    return sileroToGgml(detected.file, { path, overwrite }, control);
  }
  const quantized = quantizedTypes.find((type) => to === `ggml-${type}`);
  if (detected.kind === 'ggml-whisper' && quantized !== undefined) {
    return ggmlToGgml(input, { path, overwrite, weights: quantized }, control);
  }
  await using source = await openSource(input, detected);
  if (to === 'ctranslate2' || to === 'ctranslate2-int8') {
    const weights = to === 'ctranslate2' ? 'float16' : 'int8';
    return await whisperToCTranslate2(source, { path, overwrite, weights }, control);
  }
  return await whisperToGgml(source, { path, overwrite, weights: quantized ?? 'f16' }, control);
}

function openSource(input: string, detected: DetectedModel): Promise<WhisperSource> {
  return detected.kind === 'safetensors-whisper'
    ? openHubWhisper(detected.file)
    : openCTranslate2Source(input);
}

function checkPossible({ input, to }: ConvertRequest, detected: DetectedModel): void {
  const { kind } = detected;
  const { name, targets } = kinds[kind];
  const weights = 'weights' in detected ? detected.weights : undefined;
  const details = { input, to, kind, weights };
  const quantized = weights !== undefined && !/^b?f(loat)?(16|32)$/.test(weights);
  if (quantized || (to === 'ctranslate2' && weights === 'float16')) {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `Cannot make ${to} of '${input}', ${name} whose weights are ${weights} already. ` +
        `Next step: use it as it is${quantized ? ', or start from the float16 form' : ''}.`,
      { details },
    );
  }
  const possible = targets.filter((one) => !(one === 'ctranslate2' && weights === 'float16'));
  if (possible.includes(to)) return;
  const sources = Object.values(kinds).filter((one) => one.targets.includes(to));
  const from = sources.map((one) => one.name).join(', or of ');
  const step = possible.length > 0 ? `--to ${possible.join(' or ')}` : 'give one of these';
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `Cannot make ${to} of '${input}', ${name}; ${to} is made of ${from}. Next step: ${step}.`,
    { details: { ...details, possible } },
  );
}

async function refuseSamePlace({ input, output }: ConvertRequest): Promise<void> {
  const target = await realpath(output).catch(() => undefined);
  if (target === undefined || target !== (await realpath(input))) return;
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `Input and output are the same: '${output}'. Next step: choose another output.`,
    { details: { input, output } },
  );
}

import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CpwError } from '../../errors.js';
import { detectModel, type DetectedModel } from '../detect-model.js';
import type { ConvertControl } from './convert-control.js';
import { quantizeToInt8 } from './quantize-int8.js';
import { sileroToGgml } from './silero-to-ggml.js';
import { whisperToGgml } from './whisper-to-ggml.js';

export type { ConvertControl } from './convert-control.js';

/** The forms that {@link convertModel} makes. */
export const conversionTargets = ['ggml-f16', 'ctranslate2-int8', 'ggml-silero'] as const;

/** The name of such a form. */
export type ConversionTarget = (typeof conversionTargets)[number];

/** What to convert into what. */
export interface ConvertRequest {
  /** A CTranslate2 Whisper folder, or Silero's safetensors file. */
  readonly input: string;
  /** A file for the ggml forms, a folder for ctranslate2-int8; it must not exist. */
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

/** Which inputs each form is made from. */
const sources: Readonly<Record<ConversionTarget, DetectedModel['kind']>> = {
  'ggml-f16': 'ctranslate2-whisper',
  'ctranslate2-int8': 'ctranslate2-whisper',
  'ggml-silero': 'safetensors-silero',
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
  const { input, to } = request;
  const detected = await detectModel(input);
  if (detected.kind !== sources[to]) throw wrongInput(request, detected);
  await refuseSamePlace(request);
  const output = { path: request.output, overwrite: request.overwrite ?? false };
  if (to === 'ctranslate2-int8') {
    await quantizeToInt8(input, output, control);
    return { output: output.path, bytes: (await stat(join(output.path, 'model.bin'))).size };
  }
  const convert = to === 'ggml-f16' ? whisperToGgml : sileroToGgml;
  const source = detected.kind === 'safetensors-silero' ? detected.file : input;
  return { output: output.path, bytes: await convert(source, output, control) };
}

function wrongInput({ input, to }: ConvertRequest, detected: DetectedModel): CpwError {
  const possible = conversionTargets.filter((target) => sources[target] === detected.kind);
  const step =
    possible.length > 0
      ? `--to ${possible.join(' or ')}`
      : `give a ${sources[to]} model; this one cannot be converted`;
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `Cannot make ${to} of '${input}', which is ${detected.kind}. Next step: ${step}.`,
    { details: { input, to, kind: detected.kind } },
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

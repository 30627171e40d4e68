import { CpwError } from '../errors.js';
import type { DeviceName, EngineName } from '../types.js';
import type { ModelFormat } from './layout.js';

/** What the user wants of a model. */
export interface ModelWish {
  readonly engine: 'auto' | EngineName;
  readonly computeType: string;
  readonly device: DeviceName;
}

/** One form of a model that could be loaded. */
export interface Candidate {
  readonly format: ModelFormat;
  /** The number format of its matrices, e.g. `f16`, `int8`. */
  readonly weights: string;
}

/** The chosen form, by its place in the list of candidates. */
export interface Choice {
  readonly index: number;
  readonly engine: EngineName;
  /** What the engine is told: CTranslate2's name, or what the ggml file holds. */
  readonly computeType: string;
  readonly reason: string;
}

/** The two engines' names of the same number formats. */
const ggmlNames: Readonly<Record<string, string>> = { float32: 'f32', float16: 'f16' };
const ctranslate2Names: Readonly<Record<string, string>> = { f32: 'float32', f16: 'float16' };

/**
 * Chooses the engine and the form of a model. `subject` names the model in messages. With both
 * engines possible: ctranslate2 on cpu and cuda, whisper on metal, which is whisper.cpp's alone.
 */
export function chooseFormat(
  subject: string,
  candidates: readonly Candidate[],
  wish: ModelWish,
): Choice {
  const engines: EngineName[] = [];
  if (candidates.some(({ format }) => format !== 'ggml')) engines.push('ctranslate2');
  if (candidates.some(({ format }) => format === 'ggml')) engines.push('whisper');
  const { engine, why } = chooseEngine(subject, engines, wish);
  if (engine === 'ctranslate2' && wish.device === 'metal') throw noMetal(subject, wish);
  return engine === 'whisper'
    ? chooseGgml(subject, candidates, { wish, why })
    : chooseCTranslate2(candidates, { wish, why });
}

function chooseEngine(
  subject: string,
  engines: readonly EngineName[],
  { engine, device, computeType }: ModelWish,
): { readonly engine: EngineName; readonly why: string } {
  const [first = 'whisper', second] = engines;
  if (engine === 'auto') {
    if (second === undefined) return { engine: first, why: `${subject} fits ${first} alone` };
    const ggmlOnly = /^q\d/.test(computeType);
    if (ggmlOnly) return { engine: 'whisper', why: `${computeType} is a format of whisper` };
    const best = device === 'metal' ? 'whisper' : 'ctranslate2';
    return { engine: best, why: `${best} is preferred on ${device}` };
  }
  if (engines.includes(engine)) return { engine, why: `${engine} was asked for` };
  const other = engine === 'whisper' ? 'ggml-f16' : 'CTranslate2';
  const step =
    engine === 'whisper'
      ? `cpw-native models convert <folder> --to ggml-f16 --output <file>, or --engine ${first}`
      : `get the model as a ${other} folder, or --engine ${first}`;
  throw new CpwError(
    'CPW_MODEL_NOT_FOUND',
    `${subject} is there for the ${first} engine, not for ${engine}. Next step: ${step}.`,
    { details: { engine, engines } },
  );
}

interface Context {
  readonly wish: ModelWish;
  readonly why: string;
}

function chooseGgml(
  subject: string,
  candidates: readonly Candidate[],
  { wish, why }: Context,
): Choice {
  const index = candidates.findIndex(({ format }) => format === 'ggml');
  const weights = candidates[index]?.weights ?? '';
  const wanted = ggmlNames[wish.computeType] ?? wish.computeType;
  if (wanted !== 'auto' && wanted !== weights) {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `The whisper engine computes with what the file holds: ${subject} holds ${weights}, ` +
        `not ${wish.computeType}. Next step: --compute-type auto, or another file.`,
      { details: { weights, computeType: wish.computeType } },
    );
  }
  return { index, engine: 'whisper', computeType: weights, reason: `${why}; ggml ${weights}` };
}

function chooseCTranslate2(candidates: readonly Candidate[], { wish, why }: Context): Choice {
  const asked = ctranslate2Names[wish.computeType] ?? wish.computeType;
  if (/^q\d/.test(asked)) {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `The ctranslate2 engine does not know the compute type ${asked}, which is ggml's. ` +
        'Next step: --compute-type auto.',
      { details: { computeType: asked } },
    );
  }
  const computeType = automatic(asked, wish.device);
  // On a GPU the float16 folder is the exact source of every type, and loading is quick there.
  const wantsInt8 = wish.device === 'cpu' && computeType.startsWith('int8');
  const order: readonly ModelFormat[] = wantsInt8
    ? ['ctranslate2-int8', 'ctranslate2']
    : ['ctranslate2', 'ctranslate2-int8'];
  const format = order.find((one) => candidates.some((candidate) => candidate.format === one));
  const index = candidates.findIndex((candidate) => candidate.format === format);
  const weights = candidates[index]?.weights ?? '';
  const reason = `${why}; ${weights} weights ${fit(weights, computeType)} on ${wish.device}`;
  return { index, engine: 'ctranslate2', computeType, reason };
}

function automatic(computeType: string, device: DeviceName): string {
  if (computeType === 'auto') return device === 'cpu' ? 'int8_float32' : 'float16';
  return computeType === 'int8' && device === 'cpu' ? 'int8_float32' : computeType;
}

function fit(weights: string, computeType: string): string {
  const [stored = ''] = weights.split('_');
  if (computeType.startsWith(stored)) return `for ${computeType}`;
  const loss = stored === 'int8' ? ' (int8 precision)' : ' (slower to load)';
  return `are converted to ${computeType} when loaded${loss}`;
}

function noMetal(subject: string, { engine }: ModelWish): CpwError {
  const step =
    engine === 'auto'
      ? 'cpw-native models convert <folder> --to ggml-f16 --output <file>, or --device cpu'
      : '--engine whisper, or --device cpu';
  return new CpwError(
    'CPW_UNSUPPORTED_DEVICE',
    `Metal is for the whisper engine alone and ${subject} would run on ctranslate2. ` +
      `Next step: ${step}.`,
    { details: { device: 'metal', engine: 'ctranslate2' } },
  );
}

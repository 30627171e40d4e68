import { CURRENT_VERSION } from './ctranslate2-model.js';
import { variableTypes, type VariableType } from './model-weights.js';
import type { OutputFile } from './output.js';

/** A variable to be written: `write` delivers exactly the bytes that shape and type announce. */
export interface VariableToWrite {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: VariableType;
  readonly byteLength: number;
  readonly write: (file: OutputFile) => Promise<void>;
}

/** What a model.bin says besides its variables. */
export interface ModelHeader {
  readonly spec: string;
  readonly revision: number;
  readonly aliases: ReadonlyMap<string, string>;
}

/** Writes a whole model.bin of version 6. */
export async function writeCTranslate2Model(
  file: OutputFile,
  header: ModelHeader,
  variables: readonly VariableToWrite[],
): Promise<void> {
  await file.write(u32(CURRENT_VERSION));
  await file.write(text(header.spec));
  await file.write(u32(header.revision, variables.length));
  for (const variable of variables) {
    await file.write(text(variable.name));
    await file.write(Uint8Array.of(variable.dims.length));
    await file.write(u32(...variable.dims));
    await file.write(Uint8Array.of(variableTypes.indexOf(variable.type)));
    await file.write(u32(variable.byteLength));
    const before = file.bytesWritten;
    await variable.write(file);
    const written = file.bytesWritten - before;
    if (written !== variable.byteLength) {
      throw new RangeError(`${variable.name}: ${written} of ${variable.byteLength} bytes written`);
    }
  }
  await file.write(u32(header.aliases.size));
  for (const [alias, target] of header.aliases) {
    await file.write(text(alias));
    await file.write(text(target));
  }
}

function u32(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => view.setUint32(i * 4, value, true));
  return new Uint8Array(view.buffer);
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  const stored = new Uint8Array(2 + bytes.length + 1);
  new DataView(stored.buffer).setUint16(0, bytes.length + 1, true);
  stored.set(bytes, 2);
  return stored;
}

import type { FastifyRequest, FastifySchema, FastifySchemaCompiler } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { rm } from 'node:fs/promises';
import { Refusal } from './refusal.js';
import { checkLength, writeUpload, type Upload, type UploadContext } from './upload.js';

/** The value of a field: a text, several of them, or parts by name (`strategy[type]`). */
export type FieldValue = string | string[] | { [part: string]: string };

/** The compiler of a route that reads a form: its body is checked once it has come whole. */
export const formValidator: FastifySchemaCompiler<FastifySchema> = (route) =>
  route.httpPart === 'body' ? (value: unknown) => ({ value }) : validatorCompiler(route as never);

/** A form with its file on the disk. Disposing it removes the file. */
export interface Form extends AsyncDisposable {
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly file: Upload | undefined;
}

const limits = { fieldNameSize: 100, fieldSize: 65_536, fields: 64, files: 1, fileSize: Infinity };
/** An upload that is slower than this is ended: it would hold its place for nothing. */
const slowest = { bytes: 16_384, everyMs: 30_000 };

/**
 * Reads a multipart form, its file (the field `file`) to the disk as it comes. Throws refusals for
 * what is no such form, too large, broken or too slow; nothing is left on the disk then.
 */
export async function receiveForm(request: FastifyRequest, context: UploadContext): Promise<Form> {
  if (!request.isMultipart()) {
    throw new Refusal(
      'unsupported_media',
      'The request is no form with a file. Next step: send it as multipart/form-data.',
    );
  }
  checkLength(request.headers['content-length'], context.maxUploadMb);
  const watch = endWhenSlow(request);
  const fields: Record<string, FieldValue> = Object.create(null) as Record<string, FieldValue>;
  let file: Upload | undefined;
  const remove = async (): Promise<void> => {
    if (file !== undefined) await rm(file.path, { force: true });
  };
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'file') {
        checkFileField(part.fieldname, file);
        file = await writeUpload(part, context);
      } else {
        if (part.valueTruncated) throw tooLong(part.fieldname);
        addField(fields, part.fieldname, textOf(part.value));
      }
    }
    context.signal.throwIfAborted();
    return { fields, file, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    context.signal.throwIfAborted();
    throw brokenForm(error);
  } finally {
    clearInterval(watch);
  }
}

/** The file of a form. Throws the refusal of one that holds none. */
export function requireFile({ file }: Pick<Form, 'file'>): Upload {
  if (file !== undefined) return file;
  throw new Refusal(
    'invalid_value',
    'The form holds no file. Next step: send the recording as the field "file", with a file name.',
    { param: 'file' },
  );
}

function checkFileField(name: string, before: Upload | undefined): void {
  if (name === 'file' && before === undefined) return;
  throw new Refusal(
    'invalid_value',
    `The form holds ${before === undefined ? `a file as ${JSON.stringify(name)}` : 'a second file'}, ` +
      'and one is taken, as "file". Next step: send that one alone.',
    { param: name },
  );
}

function addField(fields: Record<string, FieldValue>, name: string, value: string): void {
  const [, base = name, part] = /^([^[\]]+)\[([^[\]]*)\]$/u.exec(name) ?? [];
  const before = fields[base];
  if (part !== undefined && part !== '') {
    const parts = typeof before === 'object' && !Array.isArray(before) ? before : {};
    fields[base] = { ...parts, [part]: value };
  } else if (Array.isArray(before)) before.push(value);
  else if (typeof before === 'string') fields[base] = [before, value];
  else fields[base] = part === '' ? [value] : value;
}

/** A part that says it is JSON comes parsed. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function tooLong(name: string): Refusal {
  return new Refusal(
    'request_too_large',
    `${name} is longer than ${limits.fieldSize} bytes. Next step: shorten it.`,
    { param: name },
  );
}

/** What the parser says of a form is the client's to mend, whatever it calls it. */
function brokenForm(error: unknown): unknown {
  if (error instanceof Refusal || !(error instanceof Error)) return error;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  // A failure of the disk.
  if (syscall !== undefined) return error;
  const large = /^FST_(PARTS|FILES|FIELDS)_LIMIT$/u.test(code);
  return new Refusal(
    large ? 'request_too_large' : 'malformed_request',
    `The form cannot be read: ${error.message}. Next step: send it as multipart/form-data, whole, ` +
      'with one file and the fields of this route.',
    { cause: error },
  );
}

function endWhenSlow({ raw, log }: FastifyRequest): NodeJS.Timeout {
  let before = raw.socket.bytesRead;
  return setInterval(() => {
    const now = raw.socket.bytesRead;
    if (now - before < slowest.bytes && !raw.complete) {
      log.info({ bytes: now }, 'an upload came to a stop: its connection is closed');
      raw.destroy();
    }
    before = now;
  }, slowest.everyMs).unref();
}

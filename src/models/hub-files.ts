import { z } from 'zod';
import { CpwError } from '../errors.js';
import { shownUrl } from './download-errors.js';
import { withRetries, type RetryOptions } from './download-retry.js';
import type { HubClient } from './hub-client.js';
import type { ModelFile, ModelSource } from './model-source.js';

/** The files of a CTranslate2 model, whatever it is for. */
const wanted =
  /^(model\.bin|(config|tokenizer|tokenizer_config|preprocessor_config)\.json|(shared_|source_|target_)?vocabulary\.(json|txt)|[A-Za-z0-9_-]+(\.bpe)?\.(spm|model))$/u;
/** A list of files that is longer than this is none. */
const LARGEST_LIST = 4 * 2 ** 20;

const treeSchema = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.number().optional(),
    lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/u) }).optional(),
  }),
);

/** The files of a source: those that the project knows, else those that the hub lists. */
export async function filesOf(
  client: HubClient,
  source: ModelSource,
  options: RetryOptions,
): Promise<readonly ModelFile[]> {
  if (source.files !== undefined) return source.files;
  const url = client.treeUrl(source.repository, source.revision);
  const text = await withRetries(() => fetchText(client, url, options), options);
  const files = listed(text).filter(({ path }) => wanted.test(path));
  if (files.some(({ path }) => path === 'model.bin')) return files;
  throw new CpwError(
    'CPW_MODEL_NOT_FOUND',
    `${shownUrl(url)} lists no model.bin. Next step: check the endpoint (HF_ENDPOINT, ` +
      '--endpoint), or take a newer version of this package.',
    { details: { url: shownUrl(url) } },
  );
}

function listed(text: string): ModelFile[] {
  try {
    return treeSchema
      .parse(JSON.parse(text))
      .filter(({ type }) => type === 'file')
      .map(({ path, size, lfs }) => ({
        path,
        ...(size !== undefined && { bytes: size }),
        ...(lfs !== undefined && { sha256: lfs.oid }),
      }));
  } catch {
    return [];
  }
}

async function fetchText(
  client: HubClient,
  url: string,
  { signal }: RetryOptions,
): Promise<string> {
  const answer = await client.get(url, { signal });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body) {
      bytes += chunk.byteLength;
      if (bytes > LARGEST_LIST) break;
      chunks.push(chunk);
    }
  } finally {
    answer.discard();
  }
  return Buffer.concat(chunks).toString('utf8');
}

import { CpwError } from 'cpw-native';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isAbsolute, normalize } from 'node:path';
import { z } from 'zod';
import { signingKey } from './key-file.js';

/** What a file of a backup is; it decides where it goes when it is restored. */
export const fileKinds = ['config', 'secrets', 'hardware', 'glossary', 'job'] as const;
export type FileKind = (typeof fileKinds)[number];

const entrySchema = z.strictObject({
  /** Its name in the archive. */
  name: z.string().regex(/^files\/\d{6,}$/u),
  kind: z.enum(fileKinds),
  /** Where it was: absolute, but for jobs, which lie under the folder of jobs. */
  target: z.string().min(1),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});
const indexSchema = z.strictObject({
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  host: z.string(),
  includeOutputs: z.boolean(),
  entries: z.array(entrySchema),
});

/** One file of a backup. */
export type IndexEntry = z.output<typeof entrySchema>;
/** The last file of a backup: what all others are. */
export type ArchiveIndex = z.output<typeof indexSchema>;

export const indexName = 'index.json';

/** The index as a file: its text under the signature. */
export function sealIndex(index: ArchiveIndex, identity: string): Buffer {
  const text = JSON.stringify(index);
  return Buffer.from(`${signatureOf(text, identity).toString('hex')}\n${text}`);
}

/** Throws what is wrong with it, as a CpwError. */
export function openIndex(data: Buffer, identity: string): ArchiveIndex {
  const line = data.indexOf('\n');
  const text = data.subarray(line + 1).toString('utf8');
  const given = Buffer.from(data.subarray(0, Math.max(line, 0)).toString('latin1'), 'hex');
  const wanted = signatureOf(text, identity);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw damaged('its index is not signed with this key');
  }
  const index = indexSchema.safeParse(JSON.parse(text));
  if (!index.success) throw damaged('its index has another shape, as of another version');
  const odd = index.data.entries.find((entry) => !isSafe(entry));
  if (odd !== undefined)
    throw damaged(`it names ${JSON.stringify(odd.target)}, which leads elsewhere`);
  return index.data;
}

/** Jobs stay under their folder, and no path climbs. */
function isSafe({ kind, target }: IndexEntry): boolean {
  const climbs = target.split(/[/\\]/u).includes('..') || target.includes('\0');
  if (climbs || normalize(target) !== target) return false;
  return isAbsolute(target) === (kind !== 'job');
}

/** A backup that does not count. */
export function damaged(problem: string, cause?: unknown): CpwError {
  return new CpwError(
    'CPW_INVALID_OPTIONS',
    `The backup cannot be used: ${problem}. Next step: take another one; backup list shows them.`,
    cause === undefined ? {} : { cause },
  );
}

function signatureOf(text: string, identity: string): Buffer {
  return createHmac('sha256', signingKey(identity)).update(text).digest();
}

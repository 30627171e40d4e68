import { CpwError } from 'cpw-native';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { hkdfSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a key file, as age-keygen does, that nobody else can read. Resolves to its public half. */
export async function makeKeyFile(path: string): Promise<string> {
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  const text = `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}\n`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    const problem = exists
      ? 'it exists, and what it opens would be lost'
      : (cause as Error).message;
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `The key file ${JSON.stringify(path)} cannot be made: ${problem}. Next step: name another file.`,
      { cause, details: { path } },
    );
  }
  return recipient;
}

/** The secret half of a key file. */
export async function readKeyFile(path: string | undefined): Promise<string> {
  if (path === undefined) {
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      'backupKeyFile is missing: a backup is encrypted for a key. Next step: cpw-native backup ' +
        'keygen <file> makes one; keep a copy elsewhere, since nothing opens a backup without it.',
    );
  }
  let text = '';
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new CpwError(
      'CPW_FILE_NOT_FOUND',
      `The key file ${JSON.stringify(path)} cannot be read. Next step: check the path.`,
      { cause, details: { path } },
    );
  }
  const identity = text
    .split('\n')
    .find((line) => line.startsWith('AGE-SECRET-KEY-1'))
    ?.trim();
  if (identity !== undefined) return identity;
  throw new CpwError(
    'CPW_INVALID_OPTIONS',
    `${JSON.stringify(path)} holds no age identity. Next step: name a file of backup keygen or age-keygen.`,
    { details: { path } },
  );
}

/** What the index is signed with: whoever only knows the public half can make no backup that counts. */
export function signingKey(identity: string): Buffer {
  return Buffer.from(hkdfSync('sha256', identity, '', 'cpw-native backup index', 32));
}

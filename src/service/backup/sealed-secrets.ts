import { CpwError, writeAtomically } from 'cpw-native';
import { armor, Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { readKeyFile } from './key-file.js';

const fileSchema = z.strictObject({ version: z.literal(1), sealed: z.string() });
const secretsSchema = z.record(z.string().regex(/^CPW_[A-Z_]+$/u), z.string());

/** Where secrets are, and what opens them. */
export interface SecretsPlace {
  readonly file: string;
  readonly keyFile: string;
}

/** The secrets of an encrypted file by their variables; none where there is no file. */
export async function readSecrets({
  file,
  keyFile,
}: SecretsPlace): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return {};
  const identity = await readKeyFile(keyFile);
  try {
    const { sealed } = fileSchema.parse(JSON.parse(text));
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return secretsSchema.parse(JSON.parse(await decrypter.decrypt(armor.decode(sealed), 'text')));
  } catch {
    // Without its cause: what a parser complains of may be a secret.
    throw new CpwError(
      'CPW_INVALID_OPTIONS',
      `The secrets in ${JSON.stringify(file)} cannot be opened: the file is damaged, or for another ` +
        'key than that of CPW_SECRETS_KEY_FILE. Next step: name the right key file, or set the secrets anew.',
      { details: { file } },
    );
  }
}

/** Replaces the file with these secrets, for the key alone. */
export async function writeSecrets(
  secrets: Readonly<Record<string, string>>,
  { file, keyFile }: SecretsPlace,
): Promise<void> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(await readKeyFile(keyFile)));
  const sealed = armor.encode(
    await encrypter.encrypt(JSON.stringify(secretsSchema.parse(secrets))),
  );
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const text = `${JSON.stringify({ version: 1, sealed }, null, 2)}\n`;
  await writeAtomically(file, text, { mode: 0o600 });
}

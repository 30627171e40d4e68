import { readFile } from 'node:fs/promises';
import { CpwError } from '../errors.js';
import { secretVariables, type SecretVariable } from '../options/secret-variables.js';
import { secretsFile } from './user-config-dir.js';

/**
 * A secret by its variable, or by the file that the variable with `_FILE` names, as containers hand
 * secrets over, or from the encrypted secrets.json. Undefined where none has it.
 */
export async function secretOf(variable: SecretVariable): Promise<string | undefined> {
  const value = process.env[variable]?.trim();
  if (value !== undefined && value !== '') return value;
  const file = process.env[`${variable}_FILE`];
  if (file === undefined || file === '') return keptSecret(variable);
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new CpwError(
      'CPW_FILE_NOT_FOUND',
      `${variable}_FILE names ${JSON.stringify(file)}, which cannot be read. ` +
        'Next step: check the path, or leave the variable out.',
      { cause, details: { variable: `${variable}_FILE`, file } },
    );
  }
}

/** Opened where a key is named alone: nobody else has such a file, nor the package that reads it. */
async function keptSecret(variable: SecretVariable): Promise<string | undefined> {
  const keyFile = process.env['CPW_SECRETS_KEY_FILE'];
  if (keyFile === undefined || keyFile === '') return undefined;
  const { serverPart } = await import('./server-package.js');
  const kept = await (await serverPart('backup')).readSecrets({ file: secretsFile(), keyFile });
  return kept[variable];
}

/** A secret that is a list, separated by commas or lines; empty where it is not set. */
export async function secretListOf(variable: SecretVariable): Promise<readonly string[]> {
  const text = (await secretOf(variable)) ?? '';
  return text.split(/[,\n]/u).flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
}

/** Every secret that is set, so that no log holds it; a file that cannot be read is told elsewhere. */
export async function knownSecrets(): Promise<readonly string[]> {
  const lists = secretVariables.map((one) => secretListOf(one).catch(() => []));
  const token = process.env['HF_TOKEN']?.trim() ?? '';
  return [...(await Promise.all(lists)).flat(), token].filter((one) => one !== '');
}

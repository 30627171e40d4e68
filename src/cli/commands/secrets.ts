import { text } from 'node:stream/consumers';
import { optionsError } from '../../options/parse.js';
import { secretVariables } from '../../options/secret-variables.js';
import { suggest } from '../../options/suggest.js';
import type { Command } from '../command.js';
import { exitStatus } from '../exit-codes.js';
import type { FlagSchemas } from '../flags.js';
import { serverPart, type SecretsPlace } from '../server-package.js';
import { secretsFile } from '../user-config-dir.js';

const schemas = {} satisfies FlagSchemas;
const notes =
  'The file is secrets.json in the folder of configuration files, encrypted for the key file that ' +
  'CPW_SECRETS_KEY_FILE names (backup keygen makes one). Needs the package @cpw-native/server.';

/** `cpw-native secrets set <name>` */
export const secretsSetCommand: Command<typeof schemas> = {
  name: 'secrets set',
  words: '<name>',
  summary: 'Keeps a secret, read from standard input, in an encrypted file.',
  examples: [
    ['secrets set CPW_SMTP_PASSWORD < password.txt', 'never as a word of the command line'],
  ],
  notes,
  schemas,
  count: [1, 1],
  run: async ([name = ''], _values, { reporter }) => {
    const known = checkedName(name);
    const place = placeOfSecrets();
    const value = (await text(process.stdin)).trim();
    if (value === '') throw wrong('standard input is empty; give the secret there');
    const part = await serverPart('backup');
    await part.writeSecrets({ ...(await part.readSecrets(place)), [known]: value }, place);
    reporter.note(`${known} is kept in ${place.file}`);
    return exitStatus.ok;
  },
};

/** `cpw-native secrets list` */
export const secretsListCommand: Command<typeof schemas> = {
  name: 'secrets list',
  words: '',
  summary: 'Lists the names of the secrets that are kept, and never what they are.',
  examples: [['secrets list', 'one a line']],
  notes,
  schemas,
  count: [0, 0],
  run: async (_words, _values, { general, reporter }) => {
    const names = Object.keys(await (await serverPart('backup')).readSecrets(placeOfSecrets()));
    reporter.result(
      general.json ? `${JSON.stringify(names)}\n` : names.map((one) => `${one}\n`).join(''),
    );
    return exitStatus.ok;
  },
};

/** `cpw-native secrets remove <name>` */
export const secretsRemoveCommand: Command<typeof schemas> = {
  name: 'secrets remove',
  words: '<name>',
  summary: 'Forgets a secret that is kept.',
  examples: [['secrets remove CPW_SMTP_PASSWORD', '']],
  notes,
  schemas,
  count: [1, 1],
  run: async ([name = ''], _values, { reporter }) => {
    const known = checkedName(name);
    const place = placeOfSecrets();
    const part = await serverPart('backup');
    const { [known]: gone, ...rest } = await part.readSecrets(place);
    if (gone === undefined) throw wrong(`${known} is not kept in ${place.file}`);
    await part.writeSecrets(rest, place);
    reporter.note(`${known} is forgotten`);
    return exitStatus.ok;
  },
};

function checkedName(name: string): string {
  const known = secretVariables.find((one) => one === name);
  if (known !== undefined) return known;
  const near = suggest(name, secretVariables);
  const next =
    near === undefined ? `there are ${secretVariables.join(', ')}` : `did you mean ${near}?`;
  throw wrong(`${name} is not a secret; ${next}`);
}

function placeOfSecrets(): SecretsPlace {
  const keyFile = process.env['CPW_SECRETS_KEY_FILE'];
  if (keyFile !== undefined && keyFile !== '') return { file: secretsFile(), keyFile };
  throw wrong('CPW_SECRETS_KEY_FILE names no key file; cpw-native backup keygen <file> makes one');
}

function wrong(message: string): Error {
  return optionsError([{ option: '', message }], 'secrets');
}

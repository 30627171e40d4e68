import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The user's folder of configuration files. */
export function userConfigDir(): string {
  const home = process.env['XDG_CONFIG_HOME'];
  const folder = home !== undefined && isAbsolute(home) ? home : join(homedir(), '.config');
  return join(folder, 'cpw-native');
}

/** The file of encrypted secrets. */
export function secretsFile(): string {
  return join(userConfigDir(), 'secrets.json');
}

export {
  createBackup,
  listBackups,
  pruneBackups,
  restoreBackup,
  type BackupContext,
  type RestoreRequest,
} from './backup.js';
export { makeKeyFile } from './key-file.js';
export type { StoredBackup } from './store.js';
export type { BackupFile } from './write-archive.js';
export { readSecrets, writeSecrets, type SecretsPlace } from './sealed-secrets.js';

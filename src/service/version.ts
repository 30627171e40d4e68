import { createRequire } from 'node:module';

/** The version of the core, which is this package's too. */
export const { version } = createRequire(import.meta.url)('cpw-native/package.json') as {
  readonly version: string;
};

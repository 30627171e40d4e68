// Loaded into every test by .taprc. Programs that a test starts run as they do for users: tap would
// load its own hooks into each of them, for .4 s a start. Their coverage comes from NODE_V8_COVERAGE.
import processOnSpawn from 'process-on-spawn';

processOnSpawn.removeAllListeners();
const { NODE_OPTIONS: inherited = '' } = process.env;
process.env.NODE_OPTIONS = inherited.replaceAll(/"?--import=\S*\/@tapjs\/\S*/gu, '').trim();

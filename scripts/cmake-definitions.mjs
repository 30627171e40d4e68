/** What CMake itself reads from the environment, and what the scripts decide. */
const notPassed = new Set([
  'CPW_BUILD_CACHE',
  'CPW_BUILD_ADDON',
  'CPW_BUILD_TESTS',
  'CPW_BUILD_SANITIZE',
  'CPW_BUILD_OUTPUT_DIR',
]);

/** @param {NodeJS.ProcessEnv} env @returns {readonly string[]} `NAME=value` for CMake's -D. */
export function cmakeDefinitions(env) {
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith('CPW_BUILD_') && !notPassed.has(name) && value)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
}

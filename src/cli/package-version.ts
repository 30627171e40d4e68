export { packageVersion } from '../models/package-version.js';

export { openErrorReports, type ErrorReports, type ReportingRequest } from './error-reports.js';

import { CpwError, type PipelineEvent } from 'cpw-native';
import { withoutPaths } from '../server/error-answer.js';
import type { JobRecord } from './job-record.js';

/** Why a job failed, without what belongs to the server. */
export function jobErrorOf(error: unknown): NonNullable<JobRecord['error']> {
  if (!(error instanceof CpwError)) {
    return { code: 'CPW_INTERNAL', message: 'The server failed; its log tells how.' };
  }
  const { code, message, stage } = error;
  return { code, message: withoutPaths(message), ...(stage === undefined ? {} : { stage }) };
}

/** An event as clients see it. */
export function withoutPlaces(event: PipelineEvent): PipelineEvent {
  if (event.type === 'warning') return { ...event, message: withoutPaths(event.message) };
  if (event.type !== 'stage' || event.reason === undefined) return event;
  return { ...event, reason: withoutPaths(event.reason) };
}

import { CpwError } from 'cpw-native';
import { reasonOf } from '../reason-of.js';
import type { Channel } from './mail.js';
import { subjectOf } from './notice.js';

const timeoutMs = 10_000;

/** Sends notices as JSON to an address of the operator's. `text` is what chat services show. */
export function webhookChannel(address: string): Channel {
  // The path may hold a key: messages name the host alone.
  const { host } = new URL(address);
  return {
    name: 'webhook',
    send: async (notice) => {
      const answer = await post(address, host, { ...notice, text: subjectOf(notice) });
      await answer.body?.cancel();
      if (answer.ok) return;
      const { status } = answer;
      const transient = status >= 500 || status === 429 || status === 408;
      throw new CpwError(
        transient ? 'CPW_DOWNLOAD_FAILED' : 'CPW_INVALID_OPTIONS',
        `The webhook at ${host} answers ${status}. Next step: check notifyWebhook.`,
        { details: { host, status } },
      );
    },
    close: () => undefined,
  };
}

async function post(address: string, host: string, body: object): Promise<Response> {
  try {
    return await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // Another address would not be the operator's.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    throw new CpwError(
      'CPW_DOWNLOAD_FAILED',
      `The webhook at ${host} cannot be reached: ${reasonOf(cause)}. Next step: check it and the network.`,
      { details: { host } },
    );
  }
}

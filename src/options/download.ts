import { z } from 'zod';

/** Whether a missing model may be fetched: `Recognizer.load`'s `download` and `--download`. */
export const downloadSchema = z
  .enum(['auto', 'never'])
  .default('auto')
  .describe(
    'What to do about a model that is not installed. auto: fetch it, after saying so; ' +
      'never: an error that names the command (what --offline sets)',
  );

// Checks of its own: the usual message of a wrong value shows it, and these may hold secrets.
const proxySchema = z
  .string()
  .refine((value) => /^https?:\/\/[^\s/]+/iu.test(value) && URL.canParse(value), {
    message: 'is no proxy address; expected http://host:port',
  });

/** Where models are fetched from, and how. */
export const hubOptionsSchema = z.strictObject({
  endpoint: z
    .string()
    .refine((value) => /^https?:\/\/[^\s/?#]+/iu.test(value) && URL.canParse(value), {
      message: 'is no address of a hub; expected https://host',
    })
    .default('https://huggingface.co')
    .describe('Address of the model hub, or of a mirror that serves the same paths')
    .meta({ group: 'Download' }),
  token: z
    .string()
    .refine((value) => /^[\x21-\x7e]+$/u.test(value), {
      message: 'holds characters that no token has; check what it was set to',
    })
    .optional()
    .describe('Access token, sent to the endpoint alone. Unset: none'),
  httpProxy: proxySchema
    .optional()
    .describe('Proxy for http addresses, and for https where httpsProxy is unset. Unset: none'),
  httpsProxy: proxySchema.optional().describe('Proxy for https addresses. Unset: httpProxy'),
  noProxy: z
    .string()
    .default('')
    .describe('Hosts that are reached without a proxy, separated by commas; * is all'),
  stallMs: z
    .int32()
    .min(1)
    .max(3_600_000)
    .default(30_000)
    .describe('Milliseconds without a byte after which a connection counts as dead')
    .meta({ group: 'Download' }),
});

/** Options of downloads, every one of them optional. */
export type HubOptions = z.input<typeof hubOptionsSchema>;
/** {@link HubOptions} with every default filled in. */
export type ParsedHubOptions = z.output<typeof hubOptionsSchema>;

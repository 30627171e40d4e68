import type { FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';

/** The files of the page, by their names at the server's root. */
const files = [
  ['', 'index.html', 'text/html; charset=utf-8'],
  ['page.css', 'page.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'icon.svg', 'image/svg+xml'],
  ...['page', 'api', 'elements', 'problem', 'progress-view', 'result-view'].map(
    (name) => [`${name}.mjs`, `${name}.mjs`, 'text/javascript; charset=utf-8'] as const,
  ),
] as const;

/** Nothing but what this server serves; the recording is played from the visitor's own disk. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  'media-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page at /, held in memory: no request's path leads to the disk. */
export function pagePart(app: FastifyInstance): void {
  for (const [name, file, type] of files) {
    const body = readFileSync(new URL(file, import.meta.url));
    app.get(
      `/${name}`,
      { schema: { hide: true }, config: { open: true, whileDraining: true } },
      (_request, reply) =>
        reply
          .headers({ 'content-security-policy': policy, 'cache-control': 'no-cache' })
          .type(type)
          .send(body),
    );
  }
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';

/** A folder with a package.json, and the tarball that `npm pack` made of it. */
export interface Published {
  readonly folder: string;
  readonly tarball: string;
}

/** A registry on this machine. */
export interface Registry {
  readonly url: string;
  close(): void;
}

/** Serves packages as a registry does: their description, then the tarball. */
export async function startRegistry(published: readonly Published[]): Promise<Registry> {
  const answers = new Map<string, () => string | Buffer>();
  const server = createServer((request, response) => {
    const answer = answers.get(decodeURIComponent(request.url ?? ''));
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(answer?.() ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const { folder, tarball } of published) {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    const manifest = JSON.parse(text) as { name: string; version: string };
    const { name, version } = manifest;
    const file = basename(tarball);
    const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
    const dist = { tarball: `${url}${file}`, integrity };
    const versions = { [version]: { ...manifest, dist } };
    answers.set(`/${name}`, () =>
      JSON.stringify({ name, 'dist-tags': { latest: version }, versions }),
    );
    answers.set(`/${file}`, () => readFileSync(tarball));
  }
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url, close };
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/**
 * Tells whether a text is one of the keys. Hashes of equal length are compared, all of them each
 * time: neither a key's length nor its place shows in the time that it takes.
 */
export function keyCheck(keys: readonly string[]): (given: string) => boolean {
  const known = keys.map(hashOf);
  return (given) => {
    const hash = hashOf(given);
    return known.reduce((found, one) => timingSafeEqual(one, hash) || found, false);
  };
}

/** The key of `Authorization: Bearer …`. */
export function bearerOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  return /^Bearer +(\S+)$/iu.exec(headers.authorization ?? '')?.[1];
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

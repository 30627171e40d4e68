import { CpwError, networkBreaker, type Breaker, type BreakerNews } from 'cpw-native';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { backupsAmong, taken, type BackupStore, type StoredBackup } from './store.js';

/** How a store of S3 is reached; keys come from the environment that the client reads by itself. */
export interface S3Access {
  readonly endpoint?: string | undefined;
  readonly onBreaker?: ((news: BreakerNews) => void) | undefined;
}

const defaultRegion = 'us-east-1';

/** Backups in a bucket. What was uploaded counts once it was read back and is the same. */
export function s3Store(address: string, { endpoint, onBreaker }: S3Access): BackupStore {
  const { host: bucket, pathname } = new URL(address);
  const prefix = pathname.replace(/^\/+|\/+$/gu, '');
  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
  const client = clientOf(endpoint);
  const breaker = networkBreaker('s3', { onState: onBreaker });
  const placeOf = (name: string): string => `s3://${bucket}/${keyOf(name)}`;
  const call = <T>(work: () => Promise<T>): Promise<T> => called(breaker, `s3://${bucket}`, work);
  const read = (name: string): Promise<Readable> => bodyOf(client, bucket, keyOf(name));
  const list = async (): Promise<readonly StoredBackup[]> =>
    backupsAmong(await call(() => listed(client, bucket, prefix)));
  const remove = (name: string): Promise<void> =>
    call(async () => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
    });
  return {
    list,
    remove,
    placeOf,
    fetch: (name, file) =>
      call(async () =>
        pipeline(await read(name), createWriteStream(file, { flags: 'w', mode: 0o600 })),
      ),
    put: async (name, file) => {
      if ((await list()).some((one) => one.name === name)) throw taken(placeOf(name));
      const params = { Bucket: bucket, Key: keyOf(name) };
      await call(async () => {
        await new Upload({ client, params: { ...params, Body: createReadStream(file) } }).done();
      });
      const [sent, came] = await call(async () =>
        Promise.all([hashOf(createReadStream(file)), hashOf(await read(name))]),
      );
      if (sent === came) return;
      await remove(name);
      throw unsure(placeOf(name));
    },
    close: () => client.destroy(),
  };
}

async function bodyOf(client: S3Client, Bucket: string, Key: string): Promise<Readable> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Body as Readable;
}

function clientOf(endpoint: string | undefined): S3Client {
  return new S3Client({
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    // A region stands in the environment or in the user's AWS configuration, and often in neither.
    ...(endpoint === undefined ? {} : { region: defaultRegion }),
    // Stores other than Amazon's know no newer checksums; ours are in the archive.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

async function listed(
  client: S3Client,
  Bucket: string,
  prefix: string,
): Promise<{ readonly name: string; readonly bytes: number }[]> {
  const Prefix = prefix === '' ? '' : `${prefix}/`;
  const found: { name: string; bytes: number }[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    for (const { Key = '', Size = 0 } of page.Contents ?? []) {
      found.push({ name: Key.slice(Prefix.length), bytes: Size });
    }
  }
  return found;
}

async function hashOf(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function called<T>(breaker: Breaker, place: string, work: () => Promise<T>): Promise<T> {
  return breaker.run(async () => {
    try {
      return await work();
    } catch (cause) {
      throw cause instanceof CpwError ? cause : storeError(place, cause);
    }
  });
}

/** Trouble of the store's own or of the network may pass; a refusal does not. */
function storeError(place: string, cause: unknown): CpwError {
  const { name, message, $metadata } = cause as Error & {
    $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  const refused = status !== undefined && status >= 300 && status < 500 && status !== 429;
  const keys = name === 'CredentialsProviderError';
  const next =
    refused || keys ? 'check bucket, endpoint and keys (AWS_ACCESS_KEY_ID …)' : 'try again later';
  return new CpwError(
    refused || keys ? 'CPW_INVALID_OPTIONS' : 'CPW_DOWNLOAD_FAILED',
    `${place} cannot be used: ${name}: ${message}. Next step: ${next}.`,
    { cause, details: { place, ...(status === undefined ? {} : { status }) } },
  );
}

function unsure(place: string): CpwError {
  return new CpwError(
    'CPW_DOWNLOAD_FAILED',
    `What came back from ${place} is not what was sent. Next step: try again.`,
    { details: { place } },
  );
}

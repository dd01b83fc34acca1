/** What AWS's own kit needs to bring all objects of a bucket to the disk, several at a time, and nothing else. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

const [endpoint = '', folder = ''] = process.argv.slice(2);
const atOnce = 16;
const s3 = new S3Client({
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  forcePathStyle: true,
});

async function* keys(): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const more = token === undefined ? {} : { ContinuationToken: token };
    const page = await s3.send(new ListObjectsV2Command({ Bucket: 'bench', ...more }));
    for (const { Key = '' } of page.Contents ?? []) yield Key;
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

const all = keys();
const lanes = Array.from({ length: atOnce }, async () => {
  for await (const Key of { [Symbol.asyncIterator]: () => ({ next: () => all.next() }) }) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bench', Key }));
    await pipeline(Body as Readable, createWriteStream(join(folder, Key)));
  }
});
await Promise.all(lanes);
s3.destroy();

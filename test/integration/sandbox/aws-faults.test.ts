import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { DescribeSnapshotsCommand, DescribeVolumesCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { home, makeAwsPlace, refusal } from '../../support/sandbox-aws.ts';

const Bucket = 'papers';

async function fill(s3: S3Client, Body: Buffer) {
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: home } }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
}

async function read(s3: S3Client) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

test('calls of an account are taken from one bucket of tokens, which fills again', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  aws.clock.stop();
  aws.throttle({ operation: 'DescribeSnapshots', capacity: 2, refillPerSecond: 1 });
  const [mine, colleague] = [place.ec2(), place.ec2({ credentials: { ...place.user() } })];
  const ask = () => new DescribeSnapshotsCommand({ OwnerIds: ['self'] });
  await mine.send(ask());
  await colleague.send(ask());
  expect(await refusal(mine.send(ask()))).toEqual({ code: 'RequestLimitExceeded', status: 503 });
  await mine.send(new DescribeVolumesCommand());
  await place.ec2({ region: 'us-east-1' }).send(ask());
  aws.clock.advance(2000);
  await mine.send(ask());
});

test('as documented, calls that read all at once run out sooner', async () => {
  await using place = await makeAwsPlace();
  place.aws.clock.stop();
  const ec2 = place.ec2();
  const many = async (input: object) => {
    const all = await Promise.allSettled(Array.from({ length: 90 }, () => ec2.send(new DescribeVpcsCommand(input))));
    return all.filter(({ status }) => status === 'rejected').length;
  };
  expect(await many({ MaxResults: 100 })).toBe(0);
  expect(await many({})).toBe(40);
});

test('each service is too busy in its own words, and clients come back', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  await fill(place.s3(), Buffer.from('x'));
  using always = aws.fault({ service: 's3', operation: /^Get/ }, 'throttle');
  expect(await refusal(read(place.s3()))).toEqual({ code: 'SlowDown', status: 503 });
  always[Symbol.dispose]();
  aws.fault({ operation: 'GetObject' }, 'internal-error', { times: 1 });
  expect(await refusal(read(place.s3()))).toEqual({ code: 'InternalError', status: 500 });
  aws.fault({ operation: 'GetObject' }, 'throttle', { times: 1 });
  expect((await read(place.s3({ maxAttempts: 2 }))).toString()).toBe('x');
  aws.fault({ service: 'ec2' }, 'throttle', { times: 1 });
  expect((await refusal(place.ec2().send(new DescribeVpcsCommand()))).code).toBe('RequestLimitExceeded');
});

test('an answer can be cut, end too soon, or come late', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const body = randomBytes(500_000);
  await fill(place.s3(), body);
  const match = { operation: 'GetObject' };
  aws.fault(match, { resetAfterBytes: 1000 }, { times: 1 });
  await expect(read(place.s3())).rejects.toThrow(/aborted|socket|ECONNRESET/);
  aws.fault(match, { truncateAfterBytes: 1000 }, { times: 1 });
  await expect(read(place.s3())).rejects.toThrow(/aborted|socket|ECONNRESET/);
  aws.fault(match, 'reset', { times: 1 });
  await expect(read(place.s3())).rejects.toThrow(/aborted|socket|ECONNRESET/);
  aws.fault(match, { delayMs: 20 }, { times: 1 });
  expect((await read(place.s3())).equals(body)).toBe(true);
});

test('chance falls the same for the same seed', async () => {
  const outcomes = async (seed: number) => {
    await using place = await makeAwsPlace({ seed });
    await fill(place.s3(), Buffer.from('x'));
    place.aws.fault({ operation: 'GetObject' }, 'internal-error', { chance: 0.5 });
    const s3 = place.s3();
    const found: boolean[] = [];
    for (let times = 0; times < 20; times++)
      found.push(
        await read(s3).then(
          () => true,
          () => false,
        ),
      );
    return found.map(Number).join('');
  };
  const first = await outcomes(7);
  expect(first).toContain('0');
  expect(first).toContain('1');
  expect(await outcomes(7)).toBe(first);
  expect(await outcomes(8)).not.toBe(first);
});

test('what is broken off while it is sent leaves nothing', async () => {
  await using place = await makeAwsPlace();
  const s3 = place.s3();
  await fill(s3, Buffer.from('x'));
  const url = new URL(`${place.aws.endpoint}/${Bucket}/large`);
  const put = new PutObjectCommand({ Bucket, Key: 'large', Body: randomBytes(3_000_000) });
  const headers: Record<string, string> = {};
  put.middlewareStack.add(
    () => (args) => {
      Object.assign(headers, (args.request as { headers: Record<string, string> }).headers);
      return Promise.reject(new Error('only signed'));
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await expect(s3.send(put)).rejects.toThrow('only signed');
  const sent = request(url, { method: 'PUT', path: `${url.pathname}?x-id=PutObject`, headers });
  sent.on('error', () => undefined);
  sent.write(randomBytes(1_000_000));
  const kept = () => readdir(place.workspace.path('aws')).catch(() => []);
  await expect.poll(kept, { timeout: 20_000 }).toHaveLength(1);
  sent.destroy();
  await expect.poll(kept, { timeout: 20_000 }).toHaveLength(0);
  expect((await read(s3)).toString()).toBe('x');
});

import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { describePeer } from '../../support/peers.ts';
import { mustRun, run } from '../../support/processes.ts';
import { home, launch, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const Bucket = 'papers';

/** Nothing of the machine's or the account's own settings. */
function environment({ keys, workspace }: AwsPlace) {
  return {
    HOME: workspace.home,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_DEFAULT_REGION: home,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_CA_BUNDLE: undefined,
  };
}

const makeBucket = (place: AwsPlace) =>
  place.s3().send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: home } }));

describePeer('aws', "AWS's own command", () => {
  const aws = (place: AwsPlace, ...args: string[]) =>
    run('aws', ['--endpoint-url', place.aws.endpoint, '--output', 'json', ...args], { env: environment(place) });
  const ask = async (place: AwsPlace, ...args: string[]) => {
    const { code, stdout, stderr } = await aws(place, ...args);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };

  test('copies a large file there and back, lists odd keys, and takes all away', async () => {
    await using place = await makeAwsPlace();
    await makeBucket(place);
    const [source, target] = [place.workspace.path('source'), place.workspace.path('target')];
    const large = randomBytes(9_000_000);
    await writeFile(source, large);
    await ask(place, 's3', 'cp', '--quiet', source, `s3://${Bucket}/sub/large file+%`);
    expect(place.aws.log.some(({ operation }) => operation === 'CompleteMultipartUpload')).toBe(true);
    await place.s3().send(new PutObjectCommand({ Bucket, Key: 'ü//x', Body: 'y' }));
    const listed = await ask(place, 's3api', 'list-objects-v2', '--bucket', Bucket, '--query', 'Contents[].Key');
    expect(JSON.parse(listed)).toEqual(['sub/large file+%', 'ü//x']);
    await ask(place, 's3', 'cp', '--quiet', `s3://${Bucket}/sub/large file+%`, target);
    expect((await readFile(target)).equals(large)).toBe(true);
    await ask(place, 's3', 'rb', '--force', `s3://${Bucket}`);
  });

  test('sees the other services too, and their refusals', async () => {
    await using place = await makeAwsPlace();
    const { id, data } = await launch(place);
    const seen = await ask(place, 'ec2', 'describe-instances', '--query', 'Reservations[].Instances[].InstanceId');
    expect(JSON.parse(seen)).toEqual([id]);
    const trial = await aws(place, 'ec2', 'create-snapshot', '--volume-id', data, '--dry-run');
    expect(trial.stderr).toContain('(DryRunOperation)');
    const lost = await aws(place, 's3api', 'get-object', '--bucket', 'nowhere', '--key', 'k', '/dev/null');
    expect(lost.stderr).toContain('(NoSuchBucket)');
  });
});

describePeer('restic', 'restic on S3', () => {
  test('keeps a repository there, prunes it and finds it whole', async () => {
    await using place = await makeAwsPlace();
    await makeBucket(place);
    const env = { ...environment(place), RESTIC_PASSWORD: 'secret', RESTIC_CACHE_DIR: place.workspace.path('cache') };
    const restic = (...args: string[]) =>
      mustRun('restic', ['--quiet', '--repo', `s3:${place.aws.endpoint}/${Bucket}/repository`, ...args], { env });
    await restic('init');
    const folder = await place.workspace.folder('data');
    await writeFile(`${folder}/a`, randomBytes(3_000_000));
    await restic('backup', folder);
    await writeFile(`${folder}/a`, randomBytes(100_000));
    await restic('backup', folder);
    await restic('forget', '--keep-last', '1', '--prune');
    await restic('check', '--read-data');
    await restic('restore', 'latest', '--target', place.workspace.path('out'));
    const back = await readFile(`${place.workspace.path('out')}${folder}/a`);
    expect(back.equals(await readFile(`${folder}/a`))).toBe(true);
  });
});

describePeer('rclone', 'rclone on S3', () => {
  test('carries a folder there, checks it, and brings it back', async () => {
    await using place = await makeAwsPlace();
    await makeBucket(place);
    const { keys, aws, workspace } = place;
    const env = {
      ...environment(place),
      RCLONE_CONFIG: workspace.path('rclone.conf'),
      RCLONE_CONFIG_THERE_TYPE: 's3',
      RCLONE_CONFIG_THERE_PROVIDER: 'Other',
      RCLONE_CONFIG_THERE_FORCE_PATH_STYLE: 'true',
      RCLONE_CONFIG_THERE_ENDPOINT: aws.endpoint,
      RCLONE_CONFIG_THERE_REGION: home,
      RCLONE_CONFIG_THERE_ACCESS_KEY_ID: keys.accessKeyId,
      RCLONE_CONFIG_THERE_SECRET_ACCESS_KEY: keys.secretAccessKey,
    };
    const rclone = (...args: string[]) => mustRun('rclone', ['--retries', '1', ...args], { env });
    const folder = await workspace.folder('data');
    await writeFile(`${folder}/a b`, 'one');
    await writeFile(`${folder}/ü`, randomBytes(300_000));
    await rclone('copy', folder, `there:${Bucket}/x`);
    await rclone('check', '--download', folder, `there:${Bucket}/x`);
    const { Body } = await place.s3().send(new GetObjectCommand({ Bucket, Key: 'x/a b' }));
    expect(await Body?.transformToString()).toBe('one');
    await rclone('copy', `there:${Bucket}/x`, workspace.path('back'));
    expect(await readFile(workspace.path('back/a b'), 'utf8')).toBe('one');
  });
});

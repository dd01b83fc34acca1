/** `holdfast aws …` as an operator types it, with the real engine behind it and a sandboxed AWS before it. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterEach, expect, test, vi } from 'vitest';
import { awsCheckSchema } from '../../../shared/contract/aws.ts';
import { awsAccountSchema } from '../../../shared/contract/aws-accounts.ts';
import { awsFiles } from '../../support/aws-files.ts';
import { bytesBelow } from '../../support/configured.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { account, home, makeAwsPlace, otherAccount, type AwsPlace } from '../../support/sandbox-aws.ts';

const accountsSchema = z.array(awsAccountSchema);
const changedSchema = z.object({ account: awsAccountSchema, secretsKept: z.string().nullable() });

afterEach(() => {
  vi.unstubAllEnvs();
});

async function makeScene() {
  const place = await makeAwsPlace();
  place.workspace.init();
  const { workspace, aws } = place;
  awsFiles(workspace, {
    credentials: '[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = of a profile\n',
  });
  const holdfast = (args: readonly string[], env: Record<string, string> = {}) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    return workspace.here(['aws', ...args], { env });
  };
  /** Its secret stays in the variable KEY, unless there is a passphrase for it. */
  const add = (name: string, keys: AwsPlace['keys'], more: Record<string, string> = {}) =>
    holdfast(
      `account add --name ${name} --set access-key=${keys.accessKeyId} --set region=${home} --set endpoint=${aws.endpoint} --secret secret-access-key=env:KEY --json`.split(
        ' ',
      ),
      { KEY: keys.secretAccessKey, ...more },
    );
  return { ...place, holdfast, add };
}

test('an account is added, shown, changed and removed, and its secret is in no file and on no screen', async () => {
  await using scene = await makeScene();
  const { holdfast, add, keys, workspace } = scene;
  const said: string[] = [];
  const keep = <Result extends { stdout: string; stderr: string }>(result: Result) => {
    said.push(result.stdout, result.stderr);
    return result;
  };
  const added = keep(expectDone(await add('prod', keys, { HOLDFAST_PASSPHRASE: 'of this machine' }))).json(
    changedSchema,
  );
  expect(added).toMatchObject({ secretsKept: 'store', account: { identity: { account }, approved: true, usedBy: [] } });
  expect(keep(await add('prod', keys)).error()).toMatchObject({ code: 'AWS_ACCOUNT_EXISTS' });
  const list = keep(expectDone(await holdfast(['account', 'list', '--json']))).json(accountsSchema);
  expect(list.map(({ name }) => name)).toEqual(['prod']);
  keep(expectDone(await holdfast(['account', 'set', 'prod', '--set', 'region=us-east-1', '--set', 'renew-after=90d'])));
  const shown = keep(expectDone(await holdfast(['account', 'show', 'prod'])));
  expect(shown.stdout).toMatch(/us-east-1/);
  expect(shown.stdout).toContain(`${account}, arn:aws:iam::${account}:user/operator`);
  const changed = keep(expectDone(await holdfast(['account', 'show', 'prod', '--json']))).json(awsAccountSchema);
  expect(changed).toMatchObject({ regions: ['us-east-1'], credentials: { renewAfterDays: 90 } });
  expect(changed.endsAt).not.toBeNull();
  for (const [path, bytes] of bytesBelow(workspace.root))
    expect(bytes.includes(keys.secretAccessKey), path).toBe(false);
  keep(expectDone(await holdfast(['account', 'remove', 'prod'])));
  expect(keep(await holdfast(['account', 'show', 'prod', '--json'])).error().code).toBe('AWS_ACCOUNT_UNKNOWN');
  expect(said.join('\n')).not.toContain(keys.secretAccessKey);
});

test('a key that AWS does not know, and one of another account, leave everything as it was', async () => {
  await using scene = await makeScene();
  const { holdfast, add, keys } = scene;
  const unknown = { ...keys, secretAccessKey: 'not the secret' };
  expect((await add('prod', unknown)).error().code).toBe('AWS_CREDENTIAL');
  expect((await holdfast(['account', 'list', '--json'])).json(accountsSchema)).toEqual([]);
  expectDone(await add('prod', keys));
  const other = scene.user({}, otherAccount);
  const args = ['account', 'set', 'prod', '--set', `access-key=${other.accessKeyId}`, '--json'];
  const secret = ['--secret', 'secret-access-key=env:OTHER'];
  const env = { OTHER: other.secretAccessKey };
  const refused = (await holdfast([...args, ...secret], env)).error();
  expect(refused).toMatchObject({ code: 'AWS_OTHER_ACCOUNT' });
  expect(refused.message).toContain(otherAccount);
  const identity = z.object({ identity: z.object({ account: z.string() }) });
  expect((await holdfast(['identity', 'prod', '--json'])).json(identity).identity.account).toBe(account);
  expectDone(await holdfast([...args, ...secret, '--other-account'], env));
  expect((await holdfast(['identity', 'prod', '--json'])).json(identity).identity.account).toBe(otherAccount);
});

test('the check tells a person and a script what is missing, and the policy is what it takes', async () => {
  await using scene = await makeScene();
  await scene.s3().send(new CreateBucketCommand({ Bucket: 'acme-data' }));
  const { holdfast, add } = scene;
  expectDone(await add('weak', scene.user({ policy: { allow: ['ec2:Describe*', 's3:*'], deny: ['s3:GetObject'] } })));
  const words = await holdfast(['check', 'weak', '--for', 'bucket', '--bucket', 'acme-data']);
  expect(words.code).toBe(3);
  expect(words.stdout).toMatch(/refused +s3:GetObject +Reads objects\./);
  expect(words.stdout).toMatch(/ok +s3:ListBucket /);
  const found = (await holdfast(['check', 'weak', '--json'])).json(awsCheckSchema);
  expect(found).toMatchObject({ account: 'weak', purpose: 'protect', region: home, identity: { account } });
  expect(found.actions.find(({ action }) => action === 'ec2:DescribeVolumes')?.verdict).toBe('allowed');
  expect(found.actions.find(({ action }) => action === 'ec2:CreateSnapshots')?.verdict).toBe('refused');
  const policy = expectDone(await holdfast(['policy', '--for', 'bucket', '--bucket', 'acme-data']));
  const parsed = z
    .object({ Statement: z.array(z.object({ Action: z.array(z.string()) })) })
    .parse(JSON.parse(policy.stdout));
  expect(parsed.Statement.flatMap(({ Action }) => Action)).toContain('s3:GetObject');
  const tooMany = Array.from({ length: 50 }, (_, number) => [
    '--bucket',
    `${'b'.repeat(60)}${number}`,
    '--region',
    `eu-central-${number}`,
  ]).flat();
  const long = await holdfast(['policy', '--for', 'give-back', ...tooMany, '--json']);
  expect([long.code, long.error().code]).toEqual([2, 'BAD_USAGE']);
});

test('a lost workstation gets its accounts back from the repository, without secrets and not yet approved', async () => {
  await using scene = await makeScene();
  const { holdfast, add, keys, workspace } = scene;
  expectDone(await add('prod', keys));
  expectDone(await holdfast(['account', 'add', '--name', 'work', '--set', 'profile=work', '--set', `region=${home}`]));
  for (const name of readdirSync(join(workspace.home, 'holdfast')))
    rmSync(join(workspace.home, 'holdfast', name), { recursive: true });
  const recovered = expectDone(await workspace.here(['recover']));
  expect(recovered.stdout).toContain('the secret of the AWS account prod');
  for (const name of ['prod', 'work']) expect(recovered.stdout).toContain(`AWS account ${name} is limited until`);
  const accounts = (await holdfast(['account', 'list', '--json'])).json(accountsSchema);
  expect(accounts).toMatchObject([
    { name: 'prod', approved: false, identity: { account }, endpoint: scene.aws.endpoint },
    { name: 'work', approved: false },
  ]);
  expect((await holdfast(['identity', 'prod', '--json'])).error()).toMatchObject({
    code: 'AWS_CREDENTIAL',
    message: expect.stringContaining('secret-access-key=env:NAME') as string,
  });
  const again = ['account', 'set', 'prod', '--secret', 'secret-access-key=env:KEY', '--json'];
  expect((await holdfast(again)).error()).toMatchObject({
    code: 'AWS_NOT_APPROVED',
    message: expect.stringContaining(scene.aws.endpoint) as string,
  });
  expectDone(await holdfast(['account', 'approve', 'prod']));
  expectDone(await holdfast(again, { KEY: keys.secretAccessKey }));
  expectDone(await holdfast(['identity', 'prod']));
  expectDone(await holdfast(['account', 'approve', 'work']));
  expect((await holdfast(['account', 'show', 'work', '--json'])).json(awsAccountSchema).approved).toBe(true);
});

test('without a place for secrets the variable is remembered, never what is in it', async () => {
  await using scene = await makeScene();
  const { add, keys, holdfast, workspace } = scene;
  expect((await add('prod', keys)).json(changedSchema).secretsKept).toBe('environment');
  const file = readFileSync(join(workspace.home, 'holdfast', 'secret-variables.json'), 'utf8');
  expect(file).toContain('"KEY"');
  expect(file).not.toContain(keys.secretAccessKey);
  expectDone(await holdfast(['identity', 'prod']));
  const token = ['--secret', 'secret-access-key=env:KEY', '--secret', 'session-token=env:TOKEN'];
  const withToken = await holdfast(['account', 'set', 'prod', ...token, '--json'], { TOKEN: 'of nobody' });
  expect(withToken.error().code).toBe('AWS_CREDENTIAL');
  vi.stubEnv('KEY', undefined);
  expect((await holdfast(['identity', 'prod', '--json'])).error().code).toBe('AWS_CREDENTIAL');
});

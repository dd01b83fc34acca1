/** Registered accounts against the sandboxed AWS: whom their credentials make of one, and where they must not go. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { afterEach, expect, test, vi } from 'vitest';
import { sessionKey } from '../../../electron/engine/api/aws-sessions.ts';
import { AwsClients } from '../../../electron/engine/aws/clients.ts';
import { callerIdentity } from '../../../electron/engine/aws/credentials.ts';
import { asked } from '../../../electron/engine/aws/failures.ts';
import type { AwsAccess } from '../../../electron/engine/aws/access.ts';
import { alice } from '../../support/catalog-home.ts';
import { awsFiles } from '../../support/aws-files.ts';
import { byName, makeAccountScene, type AccountScene } from '../../support/aws-accounts.ts';
import { account, otherAccount } from '../../support/sandbox-aws.ts';

const device = { serial: `arn:aws:iam::${account}:mfa/alice`, code: '123456' };
const identityOf = async (access: Promise<AwsAccess>) => callerIdentity(await access);
const assumed = ({ aws }: AccountScene) => aws.log.filter(({ operation }) => operation === 'AssumeRole').length;
const known = ({ context }: AccountScene, name: string) =>
  context.catalog.read('awsAccounts.find', context.caller, { name });

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test('keys ask as whom they belong to, and who that is is kept with the account', async () => {
  await using scene = await makeAccountScene();
  await scene.enter({ name: 'prod' });
  expect(await identityOf(scene.access('prod'))).toMatchObject({ account });
  expect(await known(scene, 'prod')).toMatchObject({
    identity: { account, arn: `arn:aws:iam::${account}:user/operator` },
  });
});

test('a role is taken on once for all who ask, with the external id that it asks for', async () => {
  await using scene = await makeAccountScene();
  const role = { arn: scene.aws.addRole(otherAccount, 'backup', { trusts: [account], externalId: 'ours-7' }) };
  await scene.enter({ name: 'right', role: { ...role, externalId: 'ours-7' } });
  await scene.enter({ name: 'wrong', role: { ...role, externalId: 'theirs' } });
  const access = await scene.access('right');
  using clients = new AwsClients(access);
  await Promise.all(['eu-central-1', 'us-east-1'].map((one) => clients.ec2(one).send(new DescribeVolumesCommand({}))));
  expect(await identityOf(scene.access('right'))).toMatchObject({ account: otherAccount });
  expect(assumed(scene)).toBe(1);
  await expect(identityOf(scene.access('wrong'))).rejects.toMatchObject({ code: 'AWS_FORBIDDEN' });
});

test('a session is renewed before it ends, and a moment of trouble meanwhile ends nothing', async () => {
  await using scene = await makeAccountScene();
  const arn = scene.aws.addRole(account, 'short');
  await scene.enter({ name: 'prod', role: { arn, durationSeconds: 900 } });
  const access = await scene.access('prod');
  const first = await access.credentials?.();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 60_000 });
  expect(await access.credentials?.()).toBe(first);
  vi.setSystemTime(Date.now() + 2 * 60_000);
  using trouble = scene.aws.fault(
    { service: 'sts', operation: 'AssumeRole' },
    { refuse: { status: 400, code: 'ValidationError' } },
  );
  expect(await access.credentials?.()).toBe(first);
  trouble[Symbol.dispose]();
  const second = await access.credentials?.();
  expect(second?.accessKeyId).not.toBe(first?.accessKeyId);
});

test('the code of a device is used once, kept nowhere, and no schedule goes without one', async () => {
  await using scene = await makeAccountScene();
  const arn = scene.aws.addRole(account, 'careful', { needsMfa: true });
  await scene.enter({ name: 'prod', role: { arn, mfaSerial: device.serial } }, scene.user({ mfa: device }));
  await expect(scene.access('prod', { isScheduled: true })).rejects.toMatchObject({ code: 'AWS_SIGN_IN' });
  await expect(identityOf(scene.access('prod'))).rejects.toMatchObject({ code: 'AWS_SIGN_IN' });
  const key = sessionKey(alice.tenant, 'prod');
  scene.context.awsSessions.giveCode(key, device.code);
  expect(await identityOf(scene.access('prod'))).toMatchObject({ account });
  expect(await identityOf(scene.access('prod'))).toMatchObject({ account });
  expect(assumed(scene)).toBe(1);
  expect(() => scene.context.awsSessions.takeCode(key, 'prod')).toThrowError(/asks for the code/);
  await expect(scene.access('prod', { isScheduled: true })).rejects.toMatchObject({ code: 'AWS_SIGN_IN' });
  vi.stubEnv('HOLDFAST_AWS_MFA_CODE', '654321');
  scene.context.awsSessions.end(key);
  await expect(identityOf(scene.access('prod'))).rejects.toMatchObject({ code: 'AWS_FORBIDDEN' });
});

test('a role that is taken on with a role lasts an hour, however long it was to last', async () => {
  await using scene = await makeAccountScene();
  const [first, second] = ['first', 'second'].map((name) => scene.aws.addRole(account, name));
  const { accessKeyId, secretAccessKey } = scene.keys;
  awsFiles(scene.workspace, {
    config: `[profile chain]\nregion = eu-central-1\nrole_arn = ${first ?? ''}\nsource_profile = base\n`,
    credentials: `[base]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  });
  const role = { arn: second, durationSeconds: 7_200 };
  await scene.enter({ name: 'prod', credentials: { kind: 'profile', profile: 'chain' }, role });
  const { credentials } = await scene.access('prod');
  const left = ((await credentials?.())?.expiration?.getTime() ?? 0) - Date.now();
  expect(left).toBeGreaterThan(3_000_000);
  expect(left).toBeLessThanOrEqual(3_600_000);
  expect(await identityOf(scene.access('prod'))).toMatchObject({ arn: expect.stringContaining('/second/') as string });
});

test('clocks that differ by hours hinder neither signing nor renewing', async () => {
  for (const hours of [-3, 3]) {
    await using scene = await makeAccountScene();
    scene.aws.skew(hours * 3_600_000);
    await scene.enter({ name: 'prod', role: { arn: scene.aws.addRole(account, 'backup') } });
    const access = await scene.access('prod');
    using clients = new AwsClients(access);
    await clients.ec2().send(new DescribeVolumesCommand({}));
    await access.credentials?.();
    expect(assumed(scene), `${hours} hours`).toBeLessThanOrEqual(2);
    expect(await identityOf(Promise.resolve(access))).toMatchObject({ account });
  }
});

test('a credential that leads to another account than before is refused, and nothing is read with it', async () => {
  await using scene = await makeAccountScene();
  const credentials = { kind: 'profile', profile: 'work' };
  const fileOf = ({ accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string }) =>
    awsFiles(scene.workspace, {
      credentials: `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    });
  fileOf(scene.keys);
  await scene.enter({ name: 'prod', credentials });
  await identityOf(scene.access('prod'));
  fileOf(scene.user({}, otherAccount));
  scene.context.awsSessions.end(sessionKey(alice.tenant, 'prod'));
  using clients = new AwsClients(await scene.access('prod'));
  const reading = asked('DescribeVolumes', () => clients.ec2().send(new DescribeVolumesCommand({})));
  await expect(reading).rejects.toMatchObject({
    code: 'AWS_OTHER_ACCOUNT',
    message: expect.stringContaining(otherAccount) as string,
  });
  expect(scene.aws.log.some(({ operation }) => operation === 'DescribeVolumes')).toBe(false);
  expect(await known(scene, 'prod')).toMatchObject({ identity: { account } });
});

test('an endpoint that answers rubbish is no AWS: it is used where nobody was known, and refused where somebody was', async () => {
  await using scene = await makeAccountScene();
  const server = createServer((_request, response) => response.writeHead(200).end('<html>hello</html>'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await scene.enter({ name: 'store', endpoint });
    await expect((await scene.access('store')).credentials?.()).resolves.toMatchObject({
      accessKeyId: scene.keys.accessKeyId,
    });
    await scene.enter({ name: 'role', endpoint, role: { arn: scene.aws.addRole(account, 'backup') } });
    await expect((await scene.access('role')).credentials?.()).rejects.toMatchObject({ code: 'AWS_ANSWER_INVALID' });
    await scene.enter({ name: 'prod', endpoint });
    const identity = { account, arn: `arn:aws:iam::${account}:user/x`, at: '2026-01-01T00:00:00.000Z' };
    const { catalog, caller } = scene.context;
    await catalog.write('awsAccounts.noteSignIn', caller, { name: 'prod', identity, untilMs: null });
    await expect((await scene.access('prod')).credentials?.()).rejects.toMatchObject({ code: 'AWS_ANSWER_INVALID' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a source cannot have the credential of an account sent elsewhere', async () => {
  await using scene = await makeAccountScene();
  await scene.enter({ name: 'prod' });
  const { awsAccessOf } = await import('../../../electron/engine/api/aws-access.ts');
  const elsewhere = awsAccessOf(scene.context, { ...byName('prod'), endpoint: 'https://evil.example.org' });
  await expect(elsewhere).rejects.toMatchObject({ code: 'AWS_NOT_APPROVED' });
});

test('no failure quotes a secret, nor what the program of a profile prints', async () => {
  await using scene = await makeAccountScene();
  awsFiles(scene.workspace, {
    config: '[profile tool]\ncredential_process = /bin/sh -c "echo hunter2 >&2; exit 1"\n',
  });
  await scene.enter({ name: 'tool', credentials: { kind: 'profile', profile: 'tool' } });
  const failures: unknown[] = [];
  const note = (error: unknown) => failures.push(error);
  await identityOf(scene.access('tool')).catch(note);
  const wrong = { accessKeyId: scene.keys.accessKeyId, secretAccessKey: 'not-the-secret-hunter2' };
  await scene.enter({ name: 'prod' }, wrong);
  await identityOf(scene.access('prod')).catch(note);
  expect(failures).toMatchObject([{ code: 'AWS_CREDENTIAL' }, { code: 'AWS_CREDENTIAL' }]);
  expect(inspect(failures, { depth: 20, showHidden: true })).not.toContain('hunter2');
});

test('an account that came from a repository starts no program and sends nothing elsewhere before it is approved', async () => {
  await using scene = await makeAccountScene();
  const proof = scene.workspace.path('it-ran');
  awsFiles(scene.workspace, {
    config: `[profile tool]\nregion = eu-central-1\ncredential_process = /usr/bin/touch ${proof}\n`,
  });
  const { catalog, caller } = scene.context;
  const credentials = { kind: 'profile' as const, profile: 'tool' };
  const by = { addedBy: 'x', addedAtMs: 0, changedBy: 'x', changedAtMs: 0, secretAtMs: null, identity: null };
  const usual = { credentials, role: null, regions: ['eu-central-1'], endpoint: null };
  await scene.enter({ name: 'first' });
  const { console, ...state } = (await catalog.read('configuration.state', caller, null)) ?? fail();
  const nothing = {
    sources: [],
    settings: [],
    holds: [],
    profiles: [],
    assignments: [],
    sites: [],
    syncRules: [],
    standbys: [],
    plans: [],
    subscriptions: [],
    incident: null,
  };
  const theirs = {
    ...usual,
    credentials: { kind: 'keys' as const, accessKeyId: scene.keys.accessKeyId, expiresAt: null, renewAfterDays: null },
  };
  await catalog.write('configuration.takeIn', caller, {
    ...state,
    ...nothing,
    console,
    awsAccounts: [
      { ...by, definition: { ...usual, name: 'tool' } },
      { ...by, definition: { ...usual, name: 'elsewhere', endpoint: 'https://evil.example.org' } },
      // The name and key of one whose secret is here.
      { ...by, definition: { ...theirs, name: 'first', endpoint: 'https://evil.example.org' } },
    ],
  });
  await expect(scene.access('tool')).rejects.toMatchObject({ code: 'AWS_NOT_APPROVED' });
  await expect(scene.access('elsewhere')).rejects.toMatchObject({ code: 'AWS_NOT_APPROVED' });
  await expect(scene.access('first')).rejects.toMatchObject({ code: 'AWS_CREDENTIAL' });
  expect(existsSync(proof)).toBe(false);
  await catalog.write('awsAccounts.approve', caller, { name: 'tool', atMs: 1 });
  await (await scene.access('tool')).credentials?.().catch(() => undefined);
  expect(existsSync(proof)).toBe(true);
});

function fail(): never {
  throw new Error('there is no configuration');
}

/** As whom and where AWS is asked, by what a source names and by what this machine says. */
import { afterEach, expect, test, vi } from 'vitest';
import { AwsSessions } from '../../../electron/engine/api/aws-sessions.ts';
import { rememberEndpoint } from '../../../electron/engine/api/entered-endpoints.ts';
import { awsAccessOf, type AwsContext } from '../../../electron/engine/api/aws-access.ts';
import { Bounds } from '../../../electron/engine/tenants/bounds.ts';
import { ownerTenant } from '../../../shared/model/tenants.ts';
import { makeAccountScene } from '../../support/aws-accounts.ts';
import { alice } from '../../support/catalog-home.ts';
import { awsFiles } from '../../support/aws-files.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const nowhere = { account: null, region: null, endpoint: null };
const contextOf = ({ home }: Workspace): AwsContext =>
  ({
    caller: alice,
    home,
    awsSessions: new AwsSessions(),
    bounds: new Bounds(ownerTenant, () => Promise.reject(new Error('the owner has none'))),
  }) as unknown as AwsContext;

afterEach(() => {
  vi.unstubAllEnvs();
});

test('without an account the environment says all of it', async () => {
  await using workspace = await makeWorkspace();
  awsFiles(workspace, {});
  vi.stubEnv('AWS_REGION', 'eu-west-3');
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFROMENVIRONMENT0');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const access = await awsAccessOf(contextOf(workspace), nowhere);
  expect(access).toMatchObject({ region: 'eu-west-3', endpoint: 'http://127.0.0.1:4' });
  await expect(access.credentials?.()).resolves.toMatchObject({ accessKeyId: 'AKIAFROMENVIRONMENT0' });
  const elsewhere = await awsAccessOf(contextOf(workspace), { ...nowhere, region: 'us-east-1' });
  expect(elsewhere).toMatchObject({ region: 'us-east-1' });
});

test('the usual profile of the AWS files says what the environment does not', async () => {
  await using workspace = await makeWorkspace();
  awsFiles(workspace, {
    config: '[profile work]\nregion = eu-north-1\n',
    credentials: '[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = s\n',
  });
  vi.stubEnv('AWS_PROFILE', 'work');
  const access = await awsAccessOf(contextOf(workspace), nowhere);
  expect(access).toMatchObject({ region: 'eu-north-1', endpoint: null });
  await expect(access.credentials?.()).resolves.toMatchObject({ accessKeyId: 'AKIAWORK' });
});

test('an account that nobody registered, and no region, are said', async () => {
  await using scene = await makeAccountScene();
  awsFiles(scene.workspace, {});
  await expect(scene.access('prod')).rejects.toMatchObject({ code: 'AWS_ACCOUNT_UNKNOWN' });
  await expect(awsAccessOf(scene.context, nowhere)).rejects.toMatchObject({ code: 'AWS_REGION_MISSING' });
  await scene.enter({ name: 'nowhere', regions: [] });
  await expect(scene.access('nowhere')).rejects.toMatchObject({ code: 'AWS_REGION_MISSING' });
});

test('the environment goes to no endpoint that was not entered on this machine', async () => {
  await using workspace = await makeWorkspace();
  awsFiles(workspace, {});
  vi.stubEnv('AWS_REGION', 'eu-west-3');
  const [context, place] = [contextOf(workspace), { ...nowhere, endpoint: 'https://evil.example.org' }];
  await expect(awsAccessOf(context, place)).rejects.toMatchObject({ code: 'AWS_NOT_APPROVED' });
  await rememberEndpoint(workspace.home, 'other tenant', { account: null, endpoint: place.endpoint });
  await rememberEndpoint(workspace.home, alice.tenant, { account: 'prod', endpoint: place.endpoint });
  await expect(awsAccessOf(context, place)).rejects.toMatchObject({ code: 'AWS_NOT_APPROVED' });
  await rememberEndpoint(workspace.home, alice.tenant, { account: null, endpoint: place.endpoint });
  expect(await awsAccessOf(context, place)).toMatchObject({ endpoint: place.endpoint });
});

test('what needs a person is refused where a schedule asks, and names why', async () => {
  await using workspace = await makeWorkspace();
  const scheduled = { ...contextOf(workspace), isScheduled: true as const };
  awsFiles(workspace, { config: '[default]\nregion = eu-north-1\nsso_start_url = https://a.example.org\n' });
  await expect(awsAccessOf(scheduled, nowhere)).rejects.toMatchObject({
    code: 'AWS_SIGN_IN',
    message: expect.stringContaining('browser') as string,
  });
  await expect(awsAccessOf(contextOf(workspace), nowhere)).resolves.toMatchObject({ region: 'eu-north-1' });
  const keys = 'aws_access_key_id = AKIABASE\naws_secret_access_key = s\n';
  awsFiles(workspace, {
    config:
      '[default]\nregion = eu-north-1\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/x\n',
    credentials: `[base]\n${keys}`,
  });
  await expect(awsAccessOf(scheduled, nowhere)).rejects.toMatchObject({
    code: 'AWS_SIGN_IN',
    message: expect.stringContaining('code') as string,
  });
  awsFiles(workspace, { config: '[default]\nregion = eu-north-1\n', credentials: `[default]\n${keys}` });
  await expect(awsAccessOf(scheduled, nowhere)).resolves.toMatchObject({ region: 'eu-north-1' });
});

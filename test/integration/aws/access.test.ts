/** As whom and where AWS is asked, by what a source names and by what this machine says. */
import { writeFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { awsAccessOf } from '../../../electron/engine/api/aws-access.ts';
import type { CallContext } from '../../../electron/engine/api/context.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const nowhere = { account: null, region: null, endpoint: null };
const context = {} as CallContext;

afterEach(() => {
  vi.unstubAllEnvs();
});

test('without an account the environment says all of it', async () => {
  vi.stubEnv('AWS_REGION', 'eu-west-3');
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFROMENVIRONMENT0');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const access = await awsAccessOf(context, nowhere);
  expect(access).toMatchObject({ region: 'eu-west-3', endpoint: 'http://127.0.0.1:4' });
  await expect(access.credentials?.()).resolves.toMatchObject({ accessKeyId: 'AKIAFROMENVIRONMENT0' });
  expect(await awsAccessOf(context, { ...nowhere, region: 'us-east-1' })).toMatchObject({ region: 'us-east-1' });
});

test('the usual profile of the AWS files says what the environment does not', async () => {
  await using workspace = await makeWorkspace();
  awsFiles(
    workspace,
    '[profile work]\nregion = eu-north-1\n',
    '[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = s\n',
  );
  vi.stubEnv('AWS_PROFILE', 'work');
  const access = await awsAccessOf(context, nowhere);
  expect(access).toMatchObject({ region: 'eu-north-1', endpoint: null });
  await expect(access.credentials?.()).resolves.toMatchObject({ accessKeyId: 'AKIAWORK' });
});

test('an account that nobody registered, and no region, are said', async () => {
  await using workspace = await makeWorkspace();
  awsFiles(workspace, '', '');
  await expect(awsAccessOf(context, { ...nowhere, account: 'prod' })).rejects.toMatchObject({
    code: 'AWS_ACCOUNT_UNKNOWN',
  });
  await expect(awsAccessOf(context, nowhere)).rejects.toMatchObject({ code: 'AWS_REGION_MISSING' });
});

function awsFiles(workspace: Workspace, config: string, credentials: string): void {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ENDPOINT_URL']) vi.stubEnv(name, '');
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_CONFIG_FILE', workspace.path('config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', workspace.path('credentials'));
  writeFileSync(workspace.path('config'), config);
  writeFileSync(workspace.path('credentials'), credentials);
}

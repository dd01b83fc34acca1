import { CreateSnapshotCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Page } from '@playwright/test';
import { connect } from '../support/client.ts';
import { launch, makeAwsPlace, type AwsPlace } from '../support/sandbox-aws.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { AwsPages } from './pages/aws.ts';
import { Inspector } from './pages/inspector.ts';
import { prepareSource } from './prepared.ts';

/** From a native snapshot that somebody else took to a volume, and back; each test goes on from the last. */
describe('a restore in AWS', () => {
  let place: AwsPlace;
  let opened: Console;
  let page: Page;
  let aws: AwsPages;
  let inspector: Inspector;
  let snapshot: string;

  beforeAll(async () => {
    place = await makeAwsPlace();
    const { data } = await launch(place);
    snapshot = (await place.ec2().send(new CreateSnapshotCommand({ VolumeId: data }))).SnapshotId ?? '';
    place.aws.clock.advance(3_600_000);
    opened = await openConsole({
      env: { HOLDFAST_PASSPHRASE: 'a fine passphrase', AWS_EC2_METADATA_DISABLED: 'true' },
    });
    page = await opened.newPage();
    await prepareSource(opened.workspace, { name: 'docs', path: await opened.workspace.folder('docs') });
    await addAccount('operator', place.keys);
    await addAccount('reader', place.user({ policy: { allow: ['*'], deny: ['ec2:CreateVolume'] } }));
    aws = new AwsPages(page);
    inspector = new Inspector(page);
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
    await closeBrowser();
  });

  async function addAccount(name: string, { accessKeyId, secretAccessKey }: AwsPlace['keys']): Promise<void> {
    await using connected = await connect(opened.workspace);
    const { client } = connected;
    const { location, password } = { location: opened.workspace.repository, password: opened.workspace.password };
    await client.aws.accounts.add({
      repository: { location, password },
      account: {
        name,
        credentials: { kind: 'keys', accessKeyId },
        regions: ['eu-central-1'],
        endpoint: place.aws.endpoint,
      },
      secrets: [{ key: 'secret-access-key', value: secretAccessKey }],
    });
  }

  test('shows what is in the way before anything is made', async () => {
    await inspector.visit('/recovery', 'Recovery');
    await aws.button('Restore in AWS…').click();
    await expect(aws.button('Next')).toBeDisabled();
    await aws.field('Native snapshot').fill(snapshot);
    await aws.field('Availability zone').fill('eu-central-1a');
    await inspector.look('what is brought back in AWS');
    await aws.button('Next').click();
    await aws.choose('AWS account', /^reader/);
    await inspector.look('as whom it is brought back in AWS');
    await aws.button('Next').click();
    const looked = page.getByRole('list', { name: 'What was looked at' });
    await expect(looked.getByRole('listitem').first().getByRole('img', { name: 'in the way' })).toBeVisible();
    await expect(aws.button('Start the restore')).toBeDisabled();
    await inspector.look('a restore in AWS that is refused');
    inspector.expectNothing();
  });

  test('names each step with its way back, and each call, and makes what it has shown', async () => {
    await aws.button('Back').click();
    await aws.choose('AWS account', /^operator/);
    await aws.button('Next').click();
    await expect(page.getByRole('list', { name: 'Steps', exact: true })).toContainText('undo:');
    await page.getByText(/^The exact calls/).click();
    await expect(page.getByLabel('The exact calls')).toContainText('CreateVolume in eu-central-1');
    await inspector.look('the plan of a restore in AWS');
    await aws.button('Start the restore').click();
    await expect(async () => {
      place.aws.clock.advance(60_000);
      await expect(page.getByRole('list', { name: 'Made in AWS' })).toContainText('vol-', { timeout: 2_000 });
    }).toPass({ timeout: 60_000 });
    await inspector.look('the report of a restore in AWS');
    inspector.expectNothing();
  });

  test('is taken back by whoever says again as whom', async () => {
    await aws.button('Undo…').click();
    const dialog = page.getByRole('dialog', { name: 'Undo this restore' });
    await dialog.getByRole('combobox', { name: 'AWS account' }).click();
    await page.getByRole('option', { name: /^operator/ }).click();
    await dialog.getByRole('button', { name: 'See what that does' }).click();
    await expect(dialog.getByRole('list', { name: 'What undoing does' }).getByRole('listitem').first()).toBeVisible();
    await inspector.look('a restore in AWS that is undone');
    await dialog.getByRole('button', { name: 'Undo it' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText('undone').first()).toBeVisible();
    inspector.expectNothing();
  });
});

import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Page } from '@playwright/test';
import { launch, makeAwsPlace, type AwsPlace } from '../support/sandbox-aws.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { AwsPages } from './pages/aws.ts';
import { Inspector } from './pages/inspector.ts';
import { prepareSource } from './prepared.ts';

/** A bucket and an instance, from the form to their first snapshots; each test goes on from the last. */
describe('sources in AWS', () => {
  let place: AwsPlace;
  let opened: Console;
  let page: Page;
  let aws: AwsPages;
  let inspector: Inspector;
  let instance: string;
  let data: string;

  beforeAll(async () => {
    place = await makeAwsPlace();
    const s3 = place.s3();
    await s3.send(new CreateBucketCommand({ Bucket: 'media-archive' }));
    for (const Key of ['a/one.txt', 'a/two.txt', 'b/three.txt'])
      await s3.send(new PutObjectCommand({ Bucket: 'media-archive', Key, Body: `This is ${Key}.` }));
    ({ id: instance, data } = await launch(place));
    await place.ec2().send(new CreateTagsCommand({ Resources: [instance], Tags: [{ Key: 'Name', Value: 'payroll' }] }));
    opened = await openConsole({
      env: { HOLDFAST_PASSPHRASE: 'a fine passphrase', AWS_EC2_METADATA_DISABLED: 'true' },
    });
    page = await opened.newPage();
    await prepareSource(opened.workspace, { name: 'docs', path: await opened.workspace.folder('docs') });
    aws = new AwsPages(page);
    inspector = new Inspector(page);
    await aws.go('/settings?section=aws');
    await aws.describeAccount({ name: 'production', keys: place.keys, endpoint: place.aws.endpoint });
    await aws.button('Test and save').click();
    await aws.button('Done').click();
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
    await closeBrowser();
  });

  test('what nothing protects is listed, account by account', async () => {
    const panel = aws.account('production');
    await panel.getByRole('button', { name: 'Not protected' }).click();
    await panel.getByRole('button', { name: 'List', exact: true }).click();
    await expect(panel.getByRole('grid', { name: 'Without a source' })).toContainText('media-archive');
    await expect(panel.getByRole('grid', { name: 'Without a source' })).toContainText('payroll');
    await inspector.look('what of an AWS account nothing protects');
    await panel.getByRole('gridcell', { name: instance }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Add a source' })).toBeVisible();
    await expect(aws.field('Instance')).toHaveValue(instance);
    await expect(page.getByRole('combobox', { name: 'AWS account', exact: true })).toHaveValue(/^production/);
    inspector.expectNothing();
  });

  test('a bucket is chosen from those, added and protected', async () => {
    await inspector.visit('/sources/new', 'Add a source');
    await page.getByRole('link', { name: /^S3 bucket/ }).click();
    await expect(aws.button('Add')).toBeDisabled();
    await inspector.look('a source of a bucket, empty');
    await aws.choose('AWS account', /^production/);
    await aws.button('List what nothing protects').click();
    await page.getByRole('list', { name: 'Without a source' }).getByRole('button', { name: 'media-archive' }).click();
    await expect(aws.field('Bucket')).toHaveValue('media-archive');
    await aws.field('Prefix').fill('a/');
    await inspector.look('a source of a bucket');
    await aws.button('Show command').click();
    await expect(page.getByRole('dialog').locator('pre')).toContainText(
      'holdfast source add s3-bucket --name media-archive --set bucket=media-archive --set prefix=a/ --set account=production',
    );
    await page.keyboard.press('Escape');
    await aws.button('Add and protect now').click();
    await expect(page.getByRole('heading', { name: 'Snapshots · 1' })).toBeVisible({ timeout: 60_000 });
    await aws.button('Check its rights').click();
    await expect(aws.rights(page.getByRole('main')).first()).toBeVisible();
    await inspector.look('a source of a bucket, protected');
    await aws.button('Edit…').click();
    await expect(aws.field('Prefix')).toHaveValue('a/');
    await inspector.look('a source of a bucket, changed');
    inspector.expectNothing();
  });

  test('an instance is added with copies and a lock that its name has to be typed for', async () => {
    await inspector.visit('/sources/new?kind=ec2', 'Add a source');
    await inspector.look('a source in EC2, empty');
    await aws.choose('AWS account', /^production/);
    await aws.button('List what nothing protects').click();
    await page
      .getByRole('list', { name: 'Without a source' })
      .getByRole('button', { name: /payroll/ })
      .click();
    await expect(aws.field('Instance')).toHaveValue(instance);
    await expect(aws.field('Name')).toHaveValue('payroll');
    await aws.button('Add a copy').click();
    await aws.field('Region of copy 1').fill('us-east-1');
    await aws.field('Days that copy 1 is kept').fill('90');
    await page.getByRole('radio', { name: /^Compliance/ }).check();
    await expect(page.getByText('A compliance lock cannot be lifted once its cool-off is over')).toBeVisible();
    await expect(aws.button('Add')).toBeDisabled();
    await inspector.look('a source in EC2 with a lock');
    await aws.field(/^Type payroll/).fill('payroll');
    await aws.button('Show command').click();
    const command = page.getByRole('dialog').locator('pre');
    await expect(command).toContainText(`--set instance=${instance}`);
    await expect(command).toContainText('--set copy=us-east-1,keep=90d');
    await expect(command).toContainText('--set lock=compliance:30d:24h');
    await page.keyboard.press('Escape');
    await page.getByRole('radio', { name: /^None/ }).check();
    await aws.button('Add and protect now').click();
    const natives = page.getByRole('grid', { name: 'Native snapshots' });
    await expect(page.getByRole('heading', { level: 1, name: /^payroll/ })).toBeVisible();
    await expect(async () => {
      await aws.button('Ask AWS now').click();
      await expect(natives.getByText('this console').first()).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 60_000 });
    await expect(natives).toContainText('pending');
    place.aws.clock.advance(3_600_000);
    await aws.button('Ask AWS now').click();
    await expect(natives).toContainText('completed');
    await inspector.look('a source in EC2, protected');
    await aws.button('Edit…').click();
    await expect(aws.field('Instance')).toHaveValue(instance);
    await inspector.look('a source in EC2, changed');
    inspector.expectNothing();
  });

  test('one of its native snapshots leads to a restore of it', async () => {
    await aws.button('Leave as it was').click();
    await page
      .getByRole('grid', { name: 'Native snapshots' })
      .getByRole('gridcell', { name: /eu-central-1$/ })
      .first()
      .click();
    await expect(page.getByRole('heading', { level: 1, name: 'Restore in AWS' })).toBeVisible();
    await expect(aws.field('Native snapshot')).toHaveValue(/^snap-/);
  });

  test('an image of it is made, and written back to AWS as a new snapshot', async () => {
    await page.goBack();
    await expect(page.getByText('No image of it yet')).toBeVisible();
    await aws.button('Make one now').click();
    const images = page.getByRole('list', { name: 'Images in the repository' });
    await expect(images.getByRole('listitem')).toHaveCount(1, { timeout: 60_000 });
    await inspector.look('images of a source in EC2');
    await images.getByRole('button', { name: 'To AWS…' }).click();
    const dialog = page.getByRole('dialog', { name: /^Image .* to AWS$/ });
    await expect(dialog.getByRole('button', { name: 'Write it' })).toBeDisabled();
    await dialog.getByRole('textbox', { name: 'Volume' }).fill(data);
    await dialog.getByRole('textbox', { name: 'Region' }).fill('eu-central-1');
    await dialog.getByRole('button', { name: 'See what that does' }).click();
    await expect(dialog.getByText('2 GiB would be written to eu-central-1')).toBeVisible({ timeout: 60_000 });
    await inspector.look('an image that is written to AWS');
    await dialog.getByRole('button', { name: 'Write it' }).click();
    await expect(dialog).toHaveCount(0);
    await expect
      .poll(() => place.aws.log.some(({ operation }) => operation === 'CompleteSnapshot'), { timeout: 60_000 })
      .toBe(true);
    inspector.expectNothing();
  });

  test('a Holdfast snapshot of it leads to a restore of the instance as it was', async () => {
    await page
      .getByRole('grid', { name: 'Snapshots of payroll' })
      .getByRole('gridcell', { name: /complete/ })
      .first()
      .click();
    await aws.button('Restore in AWS…').click();
    await expect(aws.field('Holdfast snapshot')).toHaveValue(/^[0-9a-f]{8,64}$/);
    await inspector.look('a restore from a Holdfast snapshot of an instance');
    await aws.button('Next').click();
    await expect(page.getByRole('combobox', { name: 'AWS account', exact: true })).toHaveValue(/^production/);
    await aws.button('Next').click();
    await expect(page.getByRole('list', { name: 'Steps', exact: true })).toContainText('Launch the instance');
    await expect(page.getByRole('list', { name: 'Costs' })).toContainText('about $');
    await inspector.look('the plan of a restore from a Holdfast snapshot');
    inspector.expectNothing();
  });

  test('a map between regions is saved, and refused where it leads to nothing of its kind', async () => {
    await aws.go('/settings?section=aws');
    await aws.button('Add a map').click();
    await aws.field('From the region').fill('eu-central-1');
    await aws.field('To the region').fill('us-east-1');
    const names = aws.field('What stands for what');
    await names.fill('subnet subnet-0123456789abcdef0 web');
    await expect(page.getByText('is none of its kind')).toBeVisible();
    await expect(aws.button('Save the map')).toBeDisabled();
    await inspector.look('a map between regions that is wrong');
    await names.fill('subnet subnet-0123456789abcdef0 subnet-0fedcba9876543210');
    await aws.button('Save the map').click();
    const maps = page.getByRole('list', { name: 'Maps between regions' });
    await expect(maps).toContainText('eu-central-1 to us-east-1: 1 name');
    await inspector.look('a map between regions');
    inspector.expectNothing();
  });

  test('an account that sources use is not removed, and they are named', async () => {
    await aws.go('/settings?section=aws');
    await aws.account('production').getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog', { name: 'production is in use' });
    await expect(dialog.getByRole('link', { name: 'payroll' })).toBeVisible();
    await expect(dialog.getByRole('link', { name: 'media-archive' })).toBeVisible();
    await inspector.look('an AWS account that is in use');
    inspector.expectNothing();
  });
});

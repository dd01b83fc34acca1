import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Page } from '@playwright/test';
import { account as number, makeAwsPlace, type AwsPlace } from '../support/sandbox-aws.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { AwsPages } from './pages/aws.ts';
import { fact } from './pages/console-page.ts';
import { Inspector } from './pages/inspector.ts';
import { prepareSource } from './prepared.ts';

/** Accounts of AWS in the settings, from the first one to one that is removed; each test goes on from the last. */
describe('accounts of AWS', () => {
  let place: AwsPlace;
  let opened: Console;
  let page: Page;
  let aws: AwsPages;
  let inspector: Inspector;

  beforeAll(async () => {
    place = await makeAwsPlace();
    opened = await openConsole({
      env: { HOLDFAST_PASSPHRASE: 'a fine passphrase', AWS_EC2_METADATA_DISABLED: 'true' },
    });
    page = await opened.newPage();
    await prepareSource(opened.workspace, { name: 'docs', path: await opened.workspace.folder('docs') });
    aws = new AwsPages(page);
    inspector = new Inspector(page);
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
    await closeBrowser();
  });

  test('the first is added step by step, with the policy to paste, and AWS says who it is', async () => {
    await inspector.visit('/settings?section=aws', 'Settings');
    await expect(page.getByText('No AWS account yet')).toBeVisible();
    await inspector.look('no AWS account yet');
    await aws.button('Add an AWS account').click();
    await inspector.look('a new AWS account');
    await aws.button('Next').click();
    await expect(page.getByText('What is it called?')).toBeVisible();
    await aws.field('Name').fill('production');
    await page.keyboard.press('Enter');
    await aws.expectStep('Credentials');
    const policy = page.getByLabel('The policy', { exact: true });
    await expect(policy).toContainText('ec2:CreateSnapshots');
    await page.getByText('Buckets', { exact: true }).click();
    await aws.field('For these buckets alone').fill('media-archive');
    await expect(policy).toContainText('arn:aws:s3:::media-archive/*');
    await expect(policy).not.toContainText('ec2:');
    await inspector.look('credentials of an AWS account');
    await aws.button('Next').click();
    await expect(page.getByText('The secret is missing.')).toBeVisible();
    await aws.button('Cancel').click();
    await aws.describeAccount({ name: 'production', keys: place.keys, endpoint: place.aws.endpoint });
    await aws.button('Show command').click();
    const command = page.getByRole('dialog').locator('pre');
    await expect(command).toContainText('--secret secret-access-key=env:AWS_SECRET_ACCESS_KEY');
    await expect(command).not.toContainText(place.keys.secretAccessKey);
    await page.keyboard.press('Escape');
    await inspector.look('an AWS account before it is tested');
    await aws.button('Test and save').click();
    await expect(page.getByText(`You are the user operator in account ${number}`)).toBeVisible();
    await inspector.look('an AWS account that was tested');
    await aws.button('Done').click();
    await expect(aws.account('production')).toContainText('tested');
    await expect(fact(page, 'Account')).toContainText(number);
    inspector.expectNothing();
  });

  test('one whose secret is wrong is refused before anything is kept', async () => {
    const keys = { ...place.keys, secretAccessKey: 'x'.repeat(40) };
    await aws.describeAccount({ name: 'mistyped', keys, endpoint: place.aws.endpoint });
    await aws.button('Test and save').click();
    await expect(page.getByRole('alert')).toContainText('AWS_CREDENTIAL');
    await expect(page.getByRole('alert')).not.toContainText('xxxx');
    await aws.button('Cancel').click();
    await page.reload();
    await expect(aws.account('production')).toBeVisible();
    await expect(aws.account('mistyped')).toHaveCount(0);
  });

  test('one that takes on a role asks for the code of its device, and keeps none', async () => {
    const mfa = { serial: `arn:aws:iam::${number}:mfa/phone`, code: '123456' };
    const keys = place.user({ mfa, policy: { allow: ['sts:*'] } });
    const arn = place.aws.addRole(number, 'protector', { externalId: 'holdfast-7', needsMfa: true });
    const role = { arn, externalId: 'holdfast-7', mfa: mfa.serial };
    await aws.describeAccount({ name: 'by role', keys, endpoint: place.aws.endpoint, role });
    await aws.button('Test and save').click();
    await aws.field(/^Code of the MFA device/).fill('654321');
    await inspector.look('an AWS account that asks for a code');
    await aws.button('Sign in').click();
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(aws.field(/^Code of the MFA device/)).toHaveValue('');
    await aws.field(/^Code of the MFA device/).fill(mfa.code);
    await aws.button('Sign in').click();
    await expect(
      page.getByText(`You are the role protector, in the session holdfast in account ${number}`),
    ).toBeVisible();
    await aws.button('Done').click();
    await expect(aws.account('by role')).toContainText('asks for a code');
    inspector.expectNothing();
  });

  test('what one may not comes first, and what was not tried is not told as if it had been', async () => {
    const keys = place.user({ policy: { allow: ['*'], deny: ['ec2:CreateSnapshots', 'ec2:DescribeVolumes'] } });
    await aws.describeAccount({ name: 'narrow', keys, endpoint: place.aws.endpoint });
    await aws.button('Test and save').click();
    await aws.button('Done').click();
    const panel = aws.account('narrow');
    await panel.getByRole('button', { name: 'What it may', exact: true }).click();
    await panel.getByRole('button', { name: 'Check', exact: true }).click();
    await expect(aws.rights(panel).first()).toContainText('may not');
    await expect(panel).toContainText('2 of');
    await expect(aws.rights(panel).filter({ hasText: 'kms:CreateGrant' })).toContainText('not tested');
    await expect(aws.rights(panel).filter({ hasText: 'ec2:DescribeSnapshots' })).toContainText(/^✓?may/);
    await inspector.look('what an AWS account may');
    inspector.expectNothing();
  });

  test('is changed without its secret being shown or typed again, and removed', async () => {
    const panel = aws.account('narrow');
    await panel.getByRole('button', { name: 'Edit' }).click();
    await expect(panel.getByLabel('Secret access key', { exact: true }).and(page.getByRole('textbox'))).toHaveValue('');
    await panel.getByRole('textbox', { name: 'Regions' }).fill('us-east-1');
    await inspector.look('an AWS account that is changed');
    await panel.getByRole('button', { name: 'Test and save' }).click();
    await expect(panel.getByRole('definition').filter({ hasText: /^us-east-1$/ })).toBeVisible();
    await panel.getByRole('button', { name: 'Remove…' }).click();
    await inspector.look('an AWS account that is removed');
    await page.getByRole('dialog').getByRole('textbox').fill('narrow');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(aws.account('narrow')).toHaveCount(0);
    await expect(aws.account('production')).toBeVisible();
    inspector.expectNothing();
  });
});

import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Page } from '@playwright/test';
import { noHooks } from '../../shared/model/hooks.ts';
import { bucket, createBucket, putObject } from '../support/bucket.ts';
import { connect, toTheEnd } from '../support/client.ts';
import { makeAwsPlace, type AwsPlace } from '../support/sandbox-aws.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { AwsPages } from './pages/aws.ts';
import { Inspector } from './pages/inspector.ts';
import { prepareSource } from './prepared.ts';

const back = 'photos-come-back';

/** From a protected bucket to another one, and out of an archive there; each test goes on from the last. */
describe('objects that are given back to a bucket', () => {
  let place: AwsPlace;
  let opened: Console;
  let page: Page;
  let aws: AwsPages;
  let inspector: Inspector;

  beforeAll(async () => {
    place = await makeAwsPlace();
    await createBucket(place, bucket);
    await createBucket(place, back);
    await putObject(place, bucket, 'a/notes.txt', 'words');
    await putObject(place, bucket, 'b', 'more words');
    await putObject(place, back, 'b', 'of somebody else');
    await putObject(place, back, 'cold', 'in the cold', { StorageClass: 'GLACIER' });
    opened = await openConsole({
      env: { HOLDFAST_PASSPHRASE: 'a fine passphrase', AWS_EC2_METADATA_DISABLED: 'true' },
    });
    page = await opened.newPage();
    await prepareSource(opened.workspace, { name: 'docs', path: await opened.workspace.folder('docs') });
    await prepare();
    aws = new AwsPages(page);
    inspector = new Inspector(page);
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
    await closeBrowser();
  });

  async function prepare(): Promise<void> {
    const { keys, aws: sandbox } = place;
    await using connected = await connect(opened.workspace);
    const { client } = connected;
    const repository = { location: opened.workspace.repository, password: opened.workspace.password };
    await client.aws.accounts.add({
      repository,
      account: {
        name: 'operator',
        credentials: { kind: 'keys', accessKeyId: keys.accessKeyId },
        regions: ['eu-central-1'],
        endpoint: sandbox.endpoint,
      },
      secrets: [{ key: 'secret-access-key', value: keys.secretAccessKey }],
    });
    await client.sources.add({
      repository,
      source: { kind: 's3-bucket', name: 'photos', bucket, account: 'operator', commands: noHooks },
    });
    await toTheEnd(await client.protection.protect({ repository, registered: 'photos' }));
  }

  test('are looked at first: what is in the way, and what is archived', async () => {
    await inspector.visit('/recovery', 'Recovery');
    await aws.button('Give back to a bucket…').click();
    await expect(aws.button('Next')).toBeDisabled();
    await aws.choose('Source', /^photos/);
    await expect(page.getByRole('radiogroup', { name: 'Read from' }).getByRole('radio')).toBeChecked();
    await aws.field('To bucket').fill(back);
    await page.getByRole('checkbox', { name: 'Bring back what is archived there' }).check();
    await inspector.look('what goes back to a bucket');
    await aws.button('Next').click();
    await aws.choose('AWS account', /^operator/);
    await aws.button('Next').click();
    await expect(page.getByRole('list', { name: 'What is archived' })).toContainText('expected in 3 to 5 hours');
    await expect(page.getByRole('main')).toContainText('1 in the way to stay');
    await inspector.look('the plan of objects that go back');
    const { Restore } = await place.s3().send(new HeadObjectCommand({ Bucket: back, Key: 'cold' }));
    expect(Restore).toBeUndefined();
    inspector.expectNothing();
  });

  test('are written, and waited for until S3 has brought back what is archived', async () => {
    await aws.button('Start the restore').click();
    const steps = page.getByRole('main');
    await expect(steps).toContainText('0 of 1 can be read', { timeout: 60_000 });
    await inspector.look('a restore that waits for S3');
    place.aws.clock.advance(5 * 3_600_000);
    await expect(steps).toContainText('Restored, with exceptions', { timeout: 60_000 });
    await expect(steps).toContainText('1 object can be read');
    await inspector.look('the report of objects that went back');
    const { Restore } = await place.s3().send(new HeadObjectCommand({ Bucket: back, Key: 'cold' }));
    expect(Restore).toContain('ongoing-request="false"');
    inspector.expectNothing();
  });

  test('are counted by class on the page of their source', async () => {
    await inspector.visit('/sources/photos', /photos/);
    await aws.button('Look at it').click();
    const panel = page.getByRole('main');
    await expect(panel).toContainText('not kept: what is replaced there is gone');
    await expect(panel).toContainText('STANDARD');
    await inspector.look('a bucket on the page of its source');
    await aws.button('Give back to a bucket…').click();
    await expect(aws.field('To bucket')).toHaveValue(bucket);
    inspector.expectNothing();
  });
});

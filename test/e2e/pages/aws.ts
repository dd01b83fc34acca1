/** The screens of AWS by their words. */
import type { Locator, Page } from '@playwright/test';
import { expect } from '../expect.ts';

export type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string };

export class AwsPages {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async go(address: string): Promise<void> {
    await this.page.goto(`${new URL(this.page.url()).origin}/#${address}`);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('main').getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  field(name: string | RegExp): Locator {
    return this.page.getByRole('textbox', typeof name === 'string' ? { name, exact: true } : { name });
  }

  async choose(list: string, option: RegExp): Promise<void> {
    await this.page.getByRole('combobox', { name: list, exact: true }).click();
    await this.page.getByRole('option', { name: option }).click();
  }

  /** The panel of an account. */
  account(name: string): Locator {
    return this.page.getByRole('region', { name: `AWS account ${name}`, exact: true });
  }

  /** By the wizard, as far as its last step. */
  async describeAccount(account: {
    readonly name: string;
    readonly keys: Keys;
    readonly endpoint: string;
    readonly role?: { readonly arn: string; readonly externalId?: string; readonly mfa?: string };
  }): Promise<void> {
    const { name, keys, endpoint, role } = account;
    await this.button('Add an AWS account').click();
    await this.field('Name').fill(name);
    await this.button('Next').click();
    await this.expectStep('Credentials');
    await this.field('Access key id').fill(keys.accessKeyId);
    await this.field('Secret access key').fill(keys.secretAccessKey);
    await this.button('Next').click();
    await this.expectStep('Role');
    if (role !== undefined) {
      await this.page.getByRole('checkbox', { name: 'Take on a role with them' }).check();
      await this.field('ARN of the role').fill(role.arn);
      await this.field('External id').fill(role.externalId ?? '');
      await this.field('MFA device').fill(role.mfa ?? '');
    }
    await this.button('Next').click();
    await this.expectStep('Regions');
    await this.field('Regions').fill('eu-central-1 us-east-1');
    await this.field('Endpoint').fill(endpoint);
    await this.button('Next').click();
    await this.expectStep('Test');
  }

  async expectStep(step: string): Promise<void> {
    await expect(this.page.locator('[aria-current=step]')).toContainText(step);
  }

  /** Rows of what was checked, in their order. */
  rights(within: Locator): Locator {
    return within
      .getByRole('table', { name: 'What it may' })
      .getByRole('row')
      .filter({ has: this.page.getByRole('cell') });
  }
}

import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { DesktopSettings } from '../../shared/model/desktop-settings.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';

const settings: DesktopSettings = {
  startAtLogin: {
    on: true,
    startsThis: false,
    command: '/opt/Holdfast/holdfast --hidden',
    file: '/home/ada/.config/autostart/holdfast.desktop',
  },
  keepRunning: true,
  waitOnBattery: { on: false, now: true },
  waitOnMetered: { on: false, now: null },
  updates: { on: false, feed: 'https://updates.example.org/holdfast/', state: { kind: 'idle' } },
};

/** What the preload of the desktop puts beside the page, with a computer behind it that is on battery. */
function standInHost(given: DesktopSettings): void {
  let now = given;
  const told: ((after: DesktopSettings) => void)[] = [];
  const host = {
    settings: () => Promise.resolve(now),
    changeSettings: (change: Readonly<Record<string, boolean>>) => {
      const {
        waitOnBattery = now.waitOnBattery.on,
        waitOnMetered = now.waitOnMetered.on,
        updates = now.updates.on,
      } = change;
      now = {
        ...now,
        waitOnBattery: { ...now.waitOnBattery, on: waitOnBattery },
        waitOnMetered: { ...now.waitOnMetered, on: waitOnMetered },
        updates: { ...now.updates, on: updates },
      };
      return Promise.resolve({ settings: now, problem: null });
    },
    onSettings: (listener: (after: DesktopSettings) => void) => {
      told.push(listener);
      return () => undefined;
    },
    update: (step: string) => {
      const state =
        step === 'check'
          ? ({ kind: 'available', version: '9.1.0' } as const)
          : ({ kind: 'ready', version: '9.1.0' } as const);
      now = { ...now, updates: { ...now.updates, state } };
      for (const tell of told) tell(now);
      return Promise.resolve();
    },
    unplug: (onBattery: boolean) => {
      now = { ...now, waitOnBattery: { ...now.waitOnBattery, now: onBattery } };
      for (const tell of told) tell(now);
    },
  };
  Object.assign(globalThis, { holdfastHost: host });
}

describe('the choices of the desktop, on the page', () => {
  let console: Console;
  let page: Page;

  beforeAll(async () => {
    console = await openConsole();
    page = await console.newPage();
    // The page has found its engine by then: with a host from the start it would wait for a port.
    await page.evaluate(standInHost, settings);
    await page.goto(`${console.origin()}/#/settings?section=desktop`);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const battery = () => page.getByRole('switch', { name: 'Wait while on battery' });

  test('say what runs wait for, and how this computer is now', async () => {
    await expect(page.getByText('This computer is on battery now.')).toBeVisible();
    await battery().click();
    await expect(battery()).toBeChecked();
    await expect(
      page.getByText('Runs that are due wait for mains power. This computer is on battery now.'),
    ).toBeVisible();
    await page.evaluate(() =>
      (globalThis as unknown as { holdfastHost: { unplug(onBattery: boolean): void } }).holdfastHost.unplug(false),
    );
    await expect(page.getByText('This computer is on mains power now.')).toBeVisible();
  });

  test('pretend nothing where it cannot be known whether the network is metered', async () => {
    await expect(page.getByText(/metered cannot be known here: runs begin when they are due/)).toBeVisible();
    await page.getByRole('switch', { name: 'Wait while the network is metered' }).click();
    await expect(page.getByText('this choice has no effect')).toBeVisible();
  });

  test('break no policy, and axe finds nothing', async () => {
    const inspector = new Inspector(page);
    await inspector.look('settings, desktop');
    inspector.expectNothing();
  });

  test('say whom a look for newer releases would ask before it is switched on, and lead from there to an installation', async () => {
    await expect(
      page.getByText(/Off: nothing is contacted. When on, once a day updates.example.org is asked/),
    ).toBeVisible();
    await page.getByRole('switch', { name: 'Look for newer releases' }).click();
    await expect(page.getByText(/nothing else is sent/)).toBeVisible();
    await page.getByRole('button', { name: 'Look now' }).click();
    await expect(page.getByText('Holdfast 9.1.0 is there, signed by the release key.')).toBeVisible();
    await page.getByRole('button', { name: 'Download it' }).click();
    await expect(page.getByRole('button', { name: 'Install and restart' })).toBeVisible();
    const inspector = new Inspector(page);
    await inspector.look('settings, updates');
    inspector.expectNothing();
  });

  test('stand beside what this program is, and the licences of what is in it', async () => {
    await page.getByRole('link', { name: 'About', exact: true }).click();
    await page.getByLabel('Find a package or a licence').fill('fastify');
    await page.getByRole('button', { name: /^Text of the licence of fastify / }).click();
    await expect(page.getByText('Permission is hereby granted').first()).toBeVisible();
    const inspector = new Inspector(page);
    await inspector.look('settings, about');
    inspector.expectNothing();
  });
});

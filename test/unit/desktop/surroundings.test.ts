import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isMetered } from '../../../electron/desktop/metered-network.ts';
import { isOnBattery } from '../../../electron/desktop/power-supply.ts';
import { Surroundings } from '../../../electron/desktop/surroundings.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-surroundings-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const monitor = { isOnBatteryPower: () => true };

/** As the kernel shows it: a folder for each supply, a file for each thing that is known of it. */
function supply(name: string, facts: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [file, value] of Object.entries(facts)) writeFileSync(join(folder, name, file), `${value}\n`);
}

describe('being on battery', () => {
  const now = (): Promise<boolean | null> => isOnBattery({ monitor, platform: 'linux', supplies: folder });

  test('is what the system says where Electron knows it', async () => {
    expect(await isOnBattery({ monitor, platform: 'darwin' })).toBe(true);
    expect(await isOnBattery({ monitor: { isOnBatteryPower: () => false }, platform: 'win32' })).toBe(false);
  });

  test('is read from the kernel on Linux, as the plug goes out and in', async () => {
    supply('BAT0', { type: 'Battery', status: 'Charging' });
    supply('AC', { type: 'Mains', online: '1' });
    expect(await now()).toBe(false);
    supply('AC', { online: '0' });
    supply('BAT0', { status: 'Discharging' });
    expect(await now()).toBe(true);
    supply('BAT0', { status: 'Unknown' });
    expect(await now()).toBe(true);
    supply('AC', { online: '1' });
    supply('BAT0', { status: 'Discharging' });
    expect(await now()).toBe(false);
  });

  test('is not said of a computer without a battery, nor because of the battery of a mouse', async () => {
    expect(await now()).toBe(false);
    supply('AC', { type: 'Mains', online: '0' });
    supply('hidpp_battery_0', { type: 'Battery', scope: 'Device', status: 'Discharging' });
    expect(await now()).toBe(false);
  });

  test('is not said where a port takes a charger, or none while the battery is full', async () => {
    supply('BAT0', { type: 'Battery', status: 'Full' });
    supply('ucsi-1', { type: 'USB', online: '0' });
    expect(await now()).toBe(false);
    supply('BAT0', { status: 'Discharging' });
    expect(await now()).toBe(true);
    supply('ucsi-2', { type: 'USB', online: '2' });
    expect(await now()).toBe(false);
  });

  test('is said of a computer whose supply without interruption is all it has', async () => {
    supply('ups', { type: 'UPS', status: 'Discharging' });
    expect(await now()).toBe(true);
  });

  test('cannot be known where the kernel says nothing of supplies', async () => {
    rmSync(folder, { recursive: true });
    expect(await now()).toBeNull();
  });
});

/** Answers as `busctl` would, and keeps what it was asked. */
function busctl(script: string): string {
  const file = join(folder, 'busctl');
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" > ${folder}/asked\n${script}\n`, { mode: 0o700 });
  return file;
}

describe.skipIf(process.platform === 'win32')('a metered network', () => {
  const now = (script: string): Promise<boolean | null> => isMetered({ platform: 'linux', busctl: busctl(script) });

  test.each([
    ['u 1', true],
    ['u 2', false],
    ['u 3', true],
    ['u 4', false],
    ['u 0', null],
    ['u 99', null],
    ['s "yes"', null],
  ])('is what NetworkManager says: %s', async (answer, is) => {
    expect(await now(`echo '${answer}'`)).toBe(is);
  });

  test('cannot be known where nobody answers, there is no such program, or on another system', async () => {
    expect(await now('echo "Failed to get property: no such name" >&2; exit 1')).toBeNull();
    expect(await now('yes "u 1"')).toBeNull();
    expect(await isMetered({ platform: 'linux', busctl: join(folder, 'none') })).toBeNull();
    expect(await isMetered({ platform: 'darwin' })).toBeNull();
  });
});

describe('what this computer is like', () => {
  test('is looked at when the system tells of it, and told each time, until the end', async () => {
    let onBattery = false;
    const told: unknown[] = [];
    const events = Object.assign(new EventEmitter(), { isOnBatteryPower: () => onBattery });
    const surroundings = new Surroundings({ monitor: events as never, platform: 'win32', needsNetwork: () => true });
    await surroundings.look();
    expect([surroundings.onBattery, surroundings.metered]).toEqual([false, null]);
    surroundings.follow(() => told.push(surroundings.onBattery));
    onBattery = true;
    events.emit('on-battery');
    await expect.poll(() => told).toEqual([true]);
    onBattery = false;
    events.emit('on-ac');
    await expect.poll(() => told).toEqual([true, false]);
    surroundings.close();
    await surroundings.look();
    expect(told).toHaveLength(2);
  });
});

/** Whether this computer runs on its battery. Electron does not know that on Linux, where the kernel says it in files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PowerMonitor } from 'electron';

export type BatteryParts = {
  readonly monitor: Pick<PowerMonitor, 'isOnBatteryPower'>;
  readonly platform: NodeJS.Platform;
  /** Of the kernel: a folder for each supply. By default where Linux has it. */
  readonly supplies?: string;
};

type Supply = { readonly type: string; readonly online: string; readonly status: string };

/** Null: it cannot be known. A computer without a battery is never on one. */
export async function isOnBattery({ monitor, platform, supplies }: BatteryParts): Promise<boolean | null> {
  if (platform !== 'linux') return monitor.isOnBatteryPower();
  const known = await readSupplies(supplies ?? '/sys/class/power_supply');
  return known === null ? null : onlyBatteries(known);
}

async function readSupplies(folder: string): Promise<readonly Supply[] | null> {
  const names = await readdir(folder).catch(() => null);
  if (names === null) return null;
  return Promise.all(
    names.map(async (name) => {
      const value = (file: string): Promise<string> =>
        readFile(join(folder, name, file), 'utf8').then(
          (text) => text.trim(),
          () => '',
        );
      const [type, online, status, scope] = await Promise.all([
        value('type'),
        value('online'),
        value('status'),
        value('scope'),
      ]);
      // Batteries of a mouse or a keyboard are supplies too.
      return { type: scope === 'Device' ? '' : type, online, status };
    }),
  );
}

/** A socket may give less than the computer takes: its battery then empties, and it is on mains power all the same. */
function onlyBatteries(supplies: readonly Supply[]): boolean {
  const batteries = supplies.filter(({ type }) => type === 'Battery' || type === 'UPS');
  const sockets = supplies.filter(({ type }) => type !== '' && type !== 'Battery' && type !== 'UPS');
  if (batteries.length === 0 || sockets.some(({ online }) => online !== '' && online !== '0')) return false;
  if (batteries.some(({ status }) => status === 'Charging')) return false;
  // A port that could take a charger says nothing while the battery is full; a plug for mains power that is out does.
  return batteries.some(({ status }) => status === 'Discharging') || sockets.some(({ type }) => type === 'Mains');
}

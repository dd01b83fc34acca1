/** The menu of the tray in a running desktop: the system draws it, so it is looked at where Electron makes it. */
import type { ElectronApplication } from '@playwright/test';
import type { Menu } from 'electron';

export type TrayItem = { readonly label: string; readonly isTicked: boolean; readonly isEnabled: boolean };

/** In the main process; each call crosses to it, so it takes nothing along. */
type Kept = { trayMenu?: Menu };

/** From now on, whatever menu the shell makes: after the start that is the tray's alone. */
export async function keepTrayMenus(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ Menu: menus }) => {
    const make = menus.buildFromTemplate.bind(menus);
    menus.buildFromTemplate = (template) => {
      const menu = make(template);
      (globalThis as Kept).trayMenu = menu;
      return menu;
    };
  });
}

/** As it was made last; empty before the first change. */
export async function trayItems(app: ElectronApplication): Promise<readonly TrayItem[]> {
  return app.evaluate(() =>
    ((globalThis as Kept).trayMenu?.items ?? []).map(({ label, checked, enabled }) => ({
      label,
      isTicked: checked,
      isEnabled: enabled,
    })),
  );
}

/** What a click on it does. */
export async function useTrayItem(app: ElectronApplication, label: string): Promise<void> {
  await app.evaluate((_electron, wanted) => {
    const item = (globalThis as Kept).trayMenu?.items.find((one) => one.label === wanted);
    if (item === undefined) throw new Error(`The tray has no item ${wanted}.`);
    (item.click as () => void)();
  }, label);
}

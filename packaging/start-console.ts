/** `npm start`: builds what is not built, then opens the console: in Electron where it can be had, else in the browser. */

export type StartWorld = {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null where accounts have no number. */
  readonly uid: number | null;
  /** The page is built, and no source of it is newer. */
  isPageBuilt(): boolean;
  /** Each runs a program of the checkout; false when it failed. */
  buildPage(): Promise<boolean>;
  buildProgram(): Promise<boolean>;
  /** Null where the runtime is not there. */
  electron(): string | null;
  installElectron(): Promise<boolean>;
  /** Exit code of the console once it has ended. */
  openDesktop(electron: string): Promise<number>;
  openBrowserConsole(): Promise<number>;
  say(text: string): void;
};

export async function startConsole(world: StartWorld): Promise<number> {
  if (!world.isPageBuilt() && !(await world.buildPage())) {
    world.say('The page of the console could not be built.');
    return 1;
  }
  const reason = whyNoDesktop(world) ?? (await whyNoRuntime(world));
  if (reason === null) {
    if (!(await world.buildProgram())) {
      world.say('The desktop program could not be built.');
      return 1;
    }
    const electron = world.electron();
    if (electron !== null) return world.openDesktop(electron);
  }
  world.say(`${reason ?? 'Electron has gone'}, so the console opens in your browser.`);
  return world.openBrowserConsole();
}

/** What cannot work is not tried: the message would come from deep inside Chromium. */
export function whyNoDesktop({ platform, env, uid }: Pick<StartWorld, 'platform' | 'env' | 'uid'>): string | null {
  if (platform !== 'linux') return null;
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  if (!isSet('DISPLAY') && !isSet('WAYLAND_DISPLAY')) return 'There is no screen for a window here';
  return uid === 0 ? 'Electron does not run safely as root' : null;
}

/** Fetches the runtime once, where it is missing. */
async function whyNoRuntime(world: StartWorld): Promise<string | null> {
  if (world.electron() !== null) return null;
  const fetched = (await world.installElectron()) && world.electron() !== null;
  return fetched ? null : 'The desktop runtime (Electron) could not be downloaded';
}

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
  openBrowserConsole(how: { readonly opens: boolean }): Promise<number>;
  say(text: string): void;
};

export async function startConsole(world: StartWorld): Promise<number> {
  if (!world.isPageBuilt()) {
    world.say('Building the page of the console.');
    if (!(await world.buildPage())) {
      world.say('The page of the console could not be built.');
      return 1;
    }
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
  // An editor that works from afar names an opener of its own.
  const opens = hasScreen(world) || (world.env['BROWSER'] ?? '') !== '';
  const how = opens ? 'the console opens in your browser' : 'the console waits for a browser: open this link in one';
  world.say(`${reason ?? 'Electron has gone'}, so ${how}. Ctrl-C ends Holdfast.`);
  return world.openBrowserConsole({ opens });
}

/** What cannot work is not tried: the message would come from deep inside Chromium. */
export function whyNoDesktop({ platform, env, uid }: Pick<StartWorld, 'platform' | 'env' | 'uid'>): string | null {
  if (platform !== 'linux') return null;
  if (!hasScreen({ platform, env })) return 'There is no screen for a window here';
  return uid === 0 ? 'Electron does not run safely as root' : null;
}

function hasScreen({ platform, env }: Pick<StartWorld, 'platform' | 'env'>): boolean {
  return platform !== 'linux' || ['DISPLAY', 'WAYLAND_DISPLAY'].some((name) => (env[name] ?? '') !== '');
}

/** Fetches the runtime once, where it is missing. */
async function whyNoRuntime(world: StartWorld): Promise<string | null> {
  if (world.electron() !== null) return null;
  // It may take minutes, and says nothing itself.
  world.say('Fetching the desktop runtime (Electron). This can take minutes.');
  const fetched = (await world.installElectron()) && world.electron() !== null;
  return fetched ? null : 'The desktop runtime (Electron) could not be downloaded';
}

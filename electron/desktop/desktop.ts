/** The shell around the engine: puts window, tray, port, host and power together. Electron's own parts come in from main.ts. */
import { join } from 'node:path';
import type * as Electron from 'electron';
import type { AlertMessage, ServedEngine, ServeOptions } from '../engine/engine.ts';
import type { LiveState } from '../../shared/contract/live.ts';
import { waitWords, type DesktopChange } from '../../shared/model/desktop-settings.ts';
import { reportError, toHoldfastError } from '../../shared/model/errors.ts';
import { inAnHour, tomorrowMorning } from '../../shared/model/pause-ends.ts';
import { scheme } from './address.ts';
import { channels } from './channels.ts';
import { watchCrashes } from './crashes.ts';
import { DesktopSettingsBook, waitChoices } from './desktop-settings.ts';
import { serveHost } from './host.ts';
import { KitFiles, kitPathOf } from './kit-files.ts';
import { openKeychain } from './keychain.ts';
import { mirrorLive } from './live-mirror.ts';
import { MainWindow } from './main-window.ts';
import { guardNavigation } from './navigation.ts';
import { newsBetween, newsOfAlert, type Message } from './notifications.ts';
import { answerPageRequest } from './page-files.ts';
import { guardPermissions } from './permissions.ts';
import { PortHandover } from './port-handover.ts';
import { Wakefulness, watchPower } from './power.ts';
import { protectNow } from './protect-now.ts';
import { Quitting } from './quitting.ts';
import { StartAtLogin } from './start-at-login.ts';
import { StateFile } from './state-file.ts';
import { Surroundings } from './surroundings.ts';
import type { PauseEnd } from './tray-menu.ts';
import { runningJobs, trayStateOf } from './tray-state.ts';
import { ConsoleTray } from './tray.ts';
import { readUpdateFeed, type UpdateFeed } from './update-note.ts';
import { fetchBytes, Updates, type Updater } from './updates.ts';

/** What the shell uses of Electron. */
export type ElectronParts = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'nativeImage'
  | 'nativeTheme'
  | 'net'
  | 'Notification'
  | 'powerMonitor'
  | 'powerSaveBlocker'
  | 'protocol'
  | 'safeStorage'
  | 'screen'
  | 'session'
  | 'shell'
  | 'Tray'
>;

export type DesktopOptions = {
  readonly electron: ElectronParts;
  readonly openEngine: (options: Omit<ServeOptions, 'http'>) => Promise<ServedEngine>;
  readonly process: Pick<NodeJS.Process, 'on' | 'platform' | 'env'>;
  readonly home: string;
  readonly userHome: string;
  readonly userName: string;
  readonly version: string;
  readonly folders: { readonly page: string; readonly preload: string; readonly resources: string };
  /** Program and arguments that start this again. */
  readonly command: readonly string[];
  /** Without a window, as at login. */
  readonly hidden: boolean;
  /** The path of a recovery kit that is to be shown. */
  readonly kit: string | null;
  readonly say: (text: string) => void;
  /** electron-updater; asked for only when something is to be downloaded. */
  readonly loadUpdater: () => Promise<Updater>;
};

/** Before Electron is ready, and once: what follows can only be declared then. */
export function declareScheme({ protocol }: Pick<ElectronParts, 'protocol'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: false } },
  ]);
}

/** False: another window of this account is open, and has been brought to the front. */
export async function startDesktop(options: DesktopOptions): Promise<boolean> {
  const { electron } = options;
  const { app } = electron;
  // Before anything waits: a second program must not get as far as the engine.
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return false;
  }
  // Whatever window is ever made, and whatever it is told.
  app.enableSandbox();
  declareScheme(electron);
  guardNavigation(app);
  // macOS hands files over by an event, the first before anything is ready.
  const files: string[] = options.kit === null ? [] : [options.kit];
  let openKit = (path: string): void => void files.push(path);
  app.on('open-file', (event, path) => {
    event.preventDefault();
    const kit = kitPathOf(path, '/');
    if (kit !== null) openKit(kit);
  });
  await app.whenReady();
  try {
    openKit = await Desktop.open(options);
    files.forEach(openKit);
  } catch (error) {
    const { message, meaning, action } = reportError(error);
    electron.dialog.showErrorBox('Holdfast cannot start', `${message}\n\n${meaning}\n\n${action}`);
    app.exit(1);
  }
  return true;
}

/** What has no event of its own, as a snapshot that becomes too old, is shown this soon. */
const refreshMs = 30_000;

class Desktop {
  readonly #options: DesktopOptions;
  readonly #engine: ServedEngine;
  readonly #state: StateFile;
  readonly #window: MainWindow;
  readonly #handover: PortHandover;
  readonly #quitting: Quitting;
  readonly #wakefulness: Wakefulness;
  readonly #login: StartAtLogin;
  readonly #settings: DesktopSettingsBook;
  readonly #kits: KitFiles;
  readonly #updates: Updates;
  readonly #surroundings: Surroundings;
  #clock: NodeJS.Timeout | null = null;
  readonly #tray: ConsoleTray;
  readonly #ended = new AbortController();
  /** Kept, for a notification that nobody holds is taken away before it is clicked. */
  readonly #notifications = new Set<Electron.Notification>();
  #live: LiveState | null = null;

  /** What it returns shows a recovery kit, by its path. */
  static async open(options: DesktopOptions): Promise<(path: string) => void> {
    const { electron, home, version, userName, say, process } = options;
    const keychain = await openKeychain({ safeStorage: electron.safeStorage, platform: process.platform, home });
    if (keychain === null) say('There is no keychain here: passwords are kept as long as the engine runs.');
    const state = new StateFile(join(home, 'desktop.json'));
    const surroundings = new Surroundings({
      monitor: electron.powerMonitor,
      platform: process.platform,
      needsNetwork: () => state.state.waitOnMetered,
    });
    // Before the engine starts what is due.
    await surroundings.look();
    // What is told while the shell is being put together is shown as soon as it stands.
    const early: AlertMessage[] = [];
    let tell = (message: AlertMessage): void => void early.push(message);
    const engine = await options.openEngine({
      home,
      caller: { tenant: 'default', actor: `desktop:${userName}` },
      version,
      onNotice: say,
      conditions: {
        onBattery: () => surroundings.onBattery === true,
        waitsFor: () => waitWords(waitChoices(state.state, surroundings)),
      },
      notify: (message) => tell(message),
      ...(keychain !== null && { secrets: keychain }),
    });
    const feed = await readUpdateFeed(join(options.folders.resources, 'updates.json'));
    const desktop = new Desktop(options, engine, state, surroundings, feed);
    desktop.#start();
    tell = (message) => desktop.#notify(newsOfAlert(message));
    early.forEach(tell);
    return (path) => void desktop.#kits.open(path);
  }

  private constructor(
    options: DesktopOptions,
    engine: ServedEngine,
    state: StateFile,
    surroundings: Surroundings,
    feed: UpdateFeed | null,
  ) {
    this.#options = options;
    this.#engine = engine;
    this.#state = state;
    this.#surroundings = surroundings;
    const { electron, folders, process, userHome, command, say } = options;
    const { app, BrowserWindow, Menu, MessageChannelMain, nativeImage, nativeTheme, Tray } = electron;
    this.#window = new MainWindow({
      newWindow: (given) => new BrowserWindow(given),
      screen: electron.screen,
      isDark: () => nativeTheme.shouldUseDarkColors,
      state: this.#state,
      preload: folders.preload,
      icon: join(folders.resources, 'icons', '512x512.png'),
      isPackaged: app.isPackaged,
      onHidden: () => this.#tellAboutTray(),
      onClosed: () => void this.#quitting.ask(),
    });
    this.#kits = new KitFiles((place) => this.#window.show(place));
    this.#handover = new PortHandover({
      ipcMain: electron.ipcMain,
      newChannel: () => new MessageChannelMain(),
      openPort: (port, portOptions) => engine.openPort(port, portOptions),
      onRefused: say,
    });
    this.#quitting = new Quitting({
      app,
      dialog: electron.dialog,
      window: () => this.#window.window,
      running: () => (this.#live === null ? [] : runningJobs(this.#live)),
      onChange: () => this.#tray.refresh(),
      close: () => this.#close(),
    });
    this.#wakefulness = new Wakefulness(electron.powerSaveBlocker);
    this.#login = new StartAtLogin({ app, platform: process.platform, env: process.env, userHome, command });
    this.#updates = new Updates({
      feed,
      version: options.version,
      isOn: () => this.#state.state.updates,
      load: options.loadUpdater,
      fetch: (url, maximumBytes) => fetchBytes((address, init) => electron.net.fetch(address, init), url, maximumBytes),
      nowMs: () => Date.now(),
      isBusy: () => this.#live === null || runningJobs(this.#live).length > 0,
      leave: (then) => this.#quitting.end(then),
      onChange: () => this.#settings.look(),
    });
    this.#settings = new DesktopSettingsBook({
      login: this.#login,
      state: this.#state,
      surroundings,
      updates: this.#updates,
      onChange: (settings) => {
        this.#engine.conditionsChanged();
        this.#tray.refresh();
        this.#window.tell(channels.settingsChanged, settings);
      },
    });
    this.#tray = new ConsoleTray({
      newTray: (image) => new Tray(image),
      imageFromPath: (file) => nativeImage.createFromPath(file),
      buildMenu: (template) => Menu.buildFromTemplate(template),
      theme: nativeTheme,
      platform: process.platform,
      resources: folders.resources,
      choices: () => ({
        startsAtLogin: this.#settings.settings.startAtLogin.on,
        keepsRunning: this.#settings.settings.keepRunning,
        quitsWhenDone: this.#quitting.isWaiting,
      }),
      actions: {
        open: () => this.#window.show(),
        quit: () => void this.#quitting.ask(),
        protect: (source) => void this.#protect(source),
        setStartAtLogin: (startAtLogin) => this.#change({ startAtLogin }),
        setKeepRunning: (keepRunning) => this.#change({ keepRunning }),
        pause: (end) => void this.#pause(end),
        resume: () => void this.#resume(),
      },
    });
  }

  #start(): void {
    const { electron, folders, home, version, hidden, kit, process } = this.#options;
    const { app, dialog, ipcMain, Menu, powerMonitor, protocol, session, shell } = electron;
    watchCrashes({
      app,
      process,
      home,
      version,
      nowMs: () => Date.now(),
      onFatal: (report) => {
        dialog.showErrorBox('Holdfast has a fault and ends', crashWords(report));
        app.exit(1);
      },
      onPageLost: (report) => dialog.showErrorBox('The console keeps ending', crashWords(report)),
    });
    guardPermissions(session.defaultSession);
    protocol.handle(scheme, (request) => answerPageRequest(folders.page, request));
    this.#handover.listen();
    serveHost({
      ipcMain,
      dialog,
      shell,
      window: () => this.#window.window,
      settings: {
        // Whoever asks wants it as it is: what is found out later is told.
        look: () => (void this.#surroundings.look(), this.#settings.look()),
        change: (change) => {
          const changed = this.#settings.change(change);
          // Whoever switches looking on wants to know at once.
          void this.#updates.tick();
          return changed;
        },
      },
      kits: this.#kits,
      updates: this.#updates,
    });
    Menu.setApplicationMenu(process.platform === 'darwin' ? Menu.buildFromTemplate(macMenu) : null);
    this.#quitting.listen();
    app.on('second-instance', (_event, argv, folder) => {
      const given = argv
        .slice(1)
        .flatMap((argument) => kitPathOf(argument, folder) ?? [])
        .at(-1);
      if (given === undefined) this.#window.show();
      else void this.#kits.open(given);
    });
    app.on('activate', () => this.#window.show());
    // The engine goes on: what ends the program is Quit.
    app.on('window-all-closed', () => undefined);
    watchPower(powerMonitor, {
      onResume: () => {
        this.#engine.resumed();
        this.#handover.renew();
      },
      onShutdown: () => void this.#quitting.end(),
    });
    void mirrorLive(this.#engine.client, { onState: (state, before) => this.#show(state, before) }, this.#ended.signal);
    this.#surroundings.follow(() => this.#settings.look());
    this.#clock = setInterval(() => {
      this.#showTray();
      void this.#updates.tick();
    }, refreshMs).unref();
    // A kit brings the window itself, once it is read.
    if (!hidden && kit === null && !this.#login.hasStartedThis) this.#window.show();
  }

  #show(state: LiveState, before: LiveState | null): void {
    this.#live = state;
    this.#settings.look();
    this.#showTray();
    this.#wakefulness.keep(runningJobs(state).length > 0);
    if (before !== null) newsBetween(before, state, this.#window.isFocused).forEach((news) => this.#notify(news));
    this.#quitting.jobsChanged();
  }

  #showTray(): void {
    if (this.#live !== null) this.#tray.show(trayStateOf(this.#live, Date.now()));
  }

  #notify({ title, body, place }: Message): void {
    const { Notification } = this.#options.electron;
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    const gone = (): void => void this.#notifications.delete(notification);
    this.#notifications.add(notification);
    notification.on('click', () => this.#window.show(place));
    notification.on('click', gone);
    notification.on('close', gone);
    notification.show();
  }

  #tellAboutTray(): void {
    if (this.#state.state.toldAboutTray) return;
    this.#state.change({ toldAboutTray: true });
    const quit = 'To end it, choose Quit in its menu in the system tray.';
    this.#notify({ title: 'Holdfast keeps running', body: `Protection goes on without the window. ${quit}` });
  }

  async #protect(source: string | null): Promise<void> {
    if (this.#live === null) return;
    for (const problem of await protectNow(this.#engine.client, this.#live, source)) {
      this.#notify({ title: 'Not protected', body: problem });
    }
  }

  async #pause(end: PauseEnd): Promise<void> {
    const nowMs = Date.now();
    const until = new Date(end === 'hour' ? inAnHour(nowMs) : tomorrowMorning(nowMs)).toISOString();
    await this.#say('Not paused', this.#engine.client.schedule.pause({ scope: 'tenant', subject: '', until }));
  }

  async #resume(): Promise<void> {
    await this.#say('Not resumed', this.#engine.client.schedule.resume({ scope: 'tenant', subject: '' }));
  }

  /** That it was done is seen in the tray itself. */
  async #say(title: string, done: Promise<unknown>): Promise<void> {
    await done.catch((error: unknown) => this.#notify({ title, body: toHoldfastError(error).message }));
  }

  #change(change: DesktopChange): void {
    const { problem } = this.#settings.change(change);
    if (problem !== null) this.#notify({ title: 'Not changed as asked', body: problem });
  }

  async #close(): Promise<void> {
    this.#ended.abort();
    if (this.#clock !== null) clearInterval(this.#clock);
    this.#surroundings.close();
    this.#window.leave();
    try {
      await this.#engine.close();
    } finally {
      this.#wakefulness.keep(false);
      this.#tray.destroy();
    }
  }
}

const macMenu: Electron.MenuItemConstructorOptions[] = [
  { role: 'appMenu' },
  { role: 'editMenu' },
  { role: 'windowMenu' },
];

function crashWords(report: string | null): string {
  const where = report === null ? '' : ` What happened stands in ${report}.`;
  return `What is stored in repositories is unharmed, and the next run goes on from there.${where}`;
}

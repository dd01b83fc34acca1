/** The menu of the tray for a state, as data. Pure. */
import type { MenuItemConstructorOptions } from 'electron';
import type { TrayState } from './tray-state.ts';

export type TrayActions = {
  readonly open: () => void;
  /** Null: everything that is registered. */
  readonly protect: (source: string | null) => void;
  readonly quit: () => void;
  readonly setStartAtLogin: (on: boolean) => void;
  readonly setKeepRunning: (on: boolean) => void;
  /** Everything that starts by itself. */
  readonly pause: (end: PauseEnd) => void;
  readonly resume: () => void;
};

export type PauseEnd = 'hour' | 'tomorrow';

export type TrayChoices = {
  readonly startsAtLogin: boolean;
  readonly keepsRunning: boolean;
  /** Somebody has asked to quit when what runs is done. */
  readonly quitsWhenDone: boolean;
};

/** A menu that does not fit a screen helps nobody. */
const most = 12;

export function trayMenu(state: TrayState, choices: TrayChoices, actions: TrayActions): MenuItemConstructorOptions[] {
  return [
    said(state.verdict),
    ...state.running.slice(0, most).map(({ title, percent, waits }) => said(progressWords(title, percent, waits))),
    ...state.waiting.slice(0, most).map(said),
    ...(state.nextDue === null ? [] : [said(`Next: ${state.nextDue}`)]),
    { type: 'separator' },
    { label: 'Open Holdfast', click: actions.open },
    ...protectItems(state, actions),
    ...pauseItems(state, actions),
    { type: 'separator' },
    {
      label: 'Start at login',
      type: 'checkbox',
      checked: choices.startsAtLogin,
      click: toggle(actions.setStartAtLogin),
    },
    {
      label: 'Keep running when the window is closed',
      type: 'checkbox',
      checked: choices.keepsRunning,
      click: toggle(actions.setKeepRunning),
    },
    { type: 'separator' },
    choices.quitsWhenDone
      ? { label: 'Quits when what runs is done', enabled: false }
      : { label: state.running.length > 0 ? 'Quit…' : 'Quit', click: actions.quit },
  ];
}

/** For the pointer that rests on the picture. */
export function trayTooltip({ verdict, running }: TrayState): string {
  const [first] = running;
  const words = first === undefined ? '' : `\n${progressWords(first.title, first.percent, first.waits)}`;
  return `Holdfast\n${verdict}${words}`.slice(0, 127);
}

function protectItems({ sources }: TrayState, { protect }: TrayActions): MenuItemConstructorOptions[] {
  if (sources.length === 0) return [{ label: 'Protect now', enabled: false }];
  if (sources.length === 1) return [{ label: `Protect ${plain(sources[0] ?? '')} now`, click: () => protect(null) }];
  return [
    {
      label: 'Protect now',
      submenu: [
        { label: `All ${sources.length} sources`, click: () => protect(null) },
        { type: 'separator' },
        ...sources.slice(0, most).map((name) => ({ label: plain(name), click: () => protect(name) })),
      ],
    },
  ];
}

/** Where nothing starts by itself, a pause would promise what is not true. */
function pauseItems(
  { pause: paused, runsByItself }: TrayState,
  { pause, resume }: TrayActions,
): MenuItemConstructorOptions[] {
  if (paused !== null) return [{ label: 'Resume', click: resume }];
  if (!runsByItself) return [];
  return [
    { label: 'Pause for 1 hour', click: () => pause('hour') },
    { label: 'Pause until tomorrow 08:00', click: () => pause('tomorrow') },
  ];
}

function progressWords(title: string, percent: number | null, waits: boolean): string {
  if (waits) return `${title}: waiting`;
  return percent === null ? title : `${title}: ${percent} %`;
}

function said(text: string): MenuItemConstructorOptions {
  return { label: plain(text).slice(0, 100), enabled: false };
}

/** `&` would underline what follows; a name may hold line ends and marks that turn text around. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').replaceAll('&', '&&');
}

function toggle(set: (on: boolean) => void): NonNullable<MenuItemConstructorOptions['click']> {
  return ({ checked }) => set(checked);
}

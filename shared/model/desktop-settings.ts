/** What a person chooses for the desktop program: made in the shell, shown in the tray and on the page. */

export type LoginStart = {
  /** Whether the session starts a Holdfast at login. */
  readonly on: boolean;
  /** Whether that is the program that runs now: an entry may be of a copy that has been moved, or of another one. */
  readonly startsThis: boolean;
  /** What is started, as it stands in the entry; null where the system does not tell. */
  readonly command: string | null;
  /** Where the entry is kept; null where that is a list of the system's own. */
  readonly file: string | null;
};

/** Something about the machine that runs which are due can wait for. */
export type WaitChoice = {
  /** Whether they wait while it holds. */
  readonly on: boolean;
  /** Whether it holds, as last looked at; null: that cannot be known here, and nothing waits for it. */
  readonly now: boolean | null;
};

/** What is known of a newer release. */
export type UpdateState =
  /** Nobody has looked since the program started. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'checking' }
  /** There was none. */
  | { readonly kind: 'current'; readonly atMs: number }
  | { readonly kind: 'available'; readonly version: string }
  | { readonly kind: 'downloading'; readonly version: string; readonly percent: number }
  /** Downloaded, and what was signed. */
  | { readonly kind: 'ready'; readonly version: string }
  /** In a sentence for a person. */
  | { readonly kind: 'failed'; readonly problem: string };

/** What somebody may ask for, in this order. */
export type UpdateStep = 'check' | 'download' | 'install';

export type UpdateChoice = {
  /** Whether is looked once a day. */
  readonly on: boolean;
  /** The address that is asked; null: this program was built without one, and cannot look. */
  readonly feed: string | null;
  readonly state: UpdateState;
};

export type DesktopSettings = {
  readonly startAtLogin: LoginStart;
  /** Whether closing the window leaves the engine running. */
  readonly keepRunning: boolean;
  /** While this computer is on battery. */
  readonly waitOnBattery: WaitChoice;
  /** While its network is metered. */
  readonly waitOnMetered: WaitChoice;
  readonly updates: UpdateChoice;
};

/** Only what is to be another way. */
export type DesktopChange = {
  readonly startAtLogin?: boolean | undefined;
  readonly keepRunning?: boolean | undefined;
  readonly waitOnBattery?: boolean | undefined;
  readonly waitOnMetered?: boolean | undefined;
  /** Whether newer releases are looked for. */
  readonly updates?: boolean | undefined;
};

export type DesktopChanged = {
  readonly settings: DesktopSettings;
  /** What could not be changed or kept, in a sentence for a person; null where all was. */
  readonly problem: string | null;
};

/** What runs that are due wait for, in words that follow `waits for`; null: for nothing. */
export function waitWords({
  waitOnBattery,
  waitOnMetered,
}: Pick<DesktopSettings, 'waitOnBattery' | 'waitOnMetered'>): string | null {
  const holds = ({ on, now }: WaitChoice): boolean => on && now === true;
  const wanted = [
    ...(holds(waitOnBattery) ? ['mains power'] : []),
    ...(holds(waitOnMetered) ? ['a network that is not metered'] : []),
  ];
  return wanted.length === 0 ? null : wanted.join(' and ');
}

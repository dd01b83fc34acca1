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

export type DesktopSettings = {
  readonly startAtLogin: LoginStart;
  /** Whether closing the window leaves the engine running. */
  readonly keepRunning: boolean;
};

/** Only what is to be another way. */
export type DesktopChange = {
  readonly startAtLogin?: boolean | undefined;
  readonly keepRunning?: boolean | undefined;
};

export type DesktopChanged = {
  readonly settings: DesktopSettings;
  /** What could not be changed or kept, in a sentence for a person; null where all was. */
  readonly problem: string | null;
};

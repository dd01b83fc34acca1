/** How the program was started: with a window, hidden, or as the command line. Pure. */
import { isAbsolute, join, resolve } from 'node:path';
import { kitPathOf } from './kit-files.ts';
import { hiddenSwitch } from './start-at-login.ts';

export type Launch =
  | {
      readonly as: 'desktop';
      readonly hidden: boolean;
      /** The path of a recovery kit that was opened with this program. */
      readonly kit: string | null;
    }
  /** `holdfast <command> …` of an installed program; switches of Chromium before the command are not the command's. */
  | { readonly as: 'command'; readonly argv: readonly string[] };

/** `argv` of the process, which was started in `folder`; in a checkout the second part is the folder of the program. */
export function readLaunch(argv: readonly string[], isPackaged: boolean, folder: string): Launch {
  const given = argv.slice(isPackaged ? 1 : 2);
  const help = given.length === 1 && ['--help', '-h', '--version', '-V'].includes(given[0] ?? '');
  if (help) return { as: 'command', argv: given };
  const command = given.findIndex((argument) => !argument.startsWith('-'));
  const kit = kitPathOf(given[command] ?? '', folder);
  if (command !== -1 && kit === null) return { as: 'command', argv: given.slice(command) };
  return { as: 'desktop', hidden: given.includes(hiddenSwitch), kit };
}

/** The same home as the command line's: HOLDFAST_HOME, else `~/.holdfast`. */
export function homeFolder(
  env: Readonly<Record<string, string | undefined>>,
  userHome: string,
  folder: string,
): string {
  const configured = env['HOLDFAST_HOME'];
  if (configured !== undefined && configured !== '')
    return isAbsolute(configured) ? configured : resolve(folder, configured);
  return join(userHome, '.holdfast');
}

/** What starts this program again, as at login. */
export function ownCommand(
  execPath: string,
  appPath: string,
  isPackaged: boolean,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  // An AppImage runs from a place that is gone with it.
  const image = env['APPIMAGE'];
  if (isPackaged && image !== undefined && image !== '') return [image];
  return isPackaged ? [execPath] : [execPath, appPath];
}

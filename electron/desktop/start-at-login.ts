/** Starting with the session: an XDG autostart entry on Linux, the system's own list elsewhere. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { App } from 'electron';
import type { LoginStart } from '../../shared/model/desktop-settings.ts';

/** Started so, the engine runs and the window stays away until somebody asks for it. */
export const hiddenSwitch = '--hidden';

export type LoginParts = {
  readonly app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userHome: string;
  /** Program and arguments that start the console. */
  readonly command: readonly string[];
};

export class StartAtLogin {
  readonly #parts: LoginParts;

  constructor(parts: LoginParts) {
    this.#parts = parts;
  }

  /** As the system has it now: its own settings, and other programs, change it too. */
  get state(): LoginStart {
    const { app, platform, command } = this.#parts;
    if (platform === 'linux') return this.#entryState();
    const { openAtLogin } = app.getLoginItemSettings(this.#item);
    const started = platform === 'win32' ? [...command, hiddenSwitch].join(' ') : null;
    return { on: openAtLogin, startsThis: true, command: openAtLogin ? started : null, file: null };
  }

  /** Whether the session has started this very process; elsewhere than on macOS the command itself says so. */
  get hasStartedThis(): boolean {
    return this.#parts.platform === 'darwin' && this.#parts.app.getLoginItemSettings().wasOpenedAtLogin;
  }

  /** Rejects nothing in silence: throws what the file system says, and where it cannot be. */
  set(on: boolean): void {
    const { app, platform, command } = this.#parts;
    // The list of macOS holds programs, without what they are to open.
    if (platform === 'darwin' && on && command.length > 1)
      throw new Error('Only an installed Holdfast can be started.');
    if (platform !== 'linux') app.setLoginItemSettings({ openAtLogin: on, ...this.#item });
    else if (on) this.#writeEntry();
    else rmSync(this.#entry, { force: true });
  }

  /** Windows compares program and arguments; macOS knows its own program. */
  get #item(): { path?: string; args?: string[] } {
    const [path, ...rest] = this.#parts.command;
    return this.#parts.platform === 'win32' && path !== undefined ? { path, args: [...rest, hiddenSwitch] } : {};
  }

  #entryState(): LoginStart {
    const file = this.#entry;
    const off: LoginStart = { on: false, startsThis: true, command: null, file };
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return off;
    }
    const keys = keysOfEntry(text);
    const command = keys.get('Exec');
    // Settings of a session do not remove an entry they switch off: they mark it.
    if (command === undefined || keys.get('Hidden') === 'true' || keys.get('X-GNOME-Autostart-enabled') === 'false')
      return off;
    return { on: true, startsThis: command === execLine(this.#parts.command), command, file };
  }

  #writeEntry(): void {
    const file = this.#entry;
    mkdirSync(dirname(file), { recursive: true });
    // Half an entry would start nothing, and nobody would know.
    writeFileSync(`${file}.new`, autostartEntry(this.#parts.command));
    renameSync(`${file}.new`, file);
  }

  get #entry(): string {
    const { env, userHome } = this.#parts;
    const configured = env['XDG_CONFIG_HOME'] ?? '';
    const folder = isAbsolute(configured) ? configured : join(userHome, '.config');
    return join(folder, 'autostart', 'holdfast.desktop');
  }
}

/** By the Desktop Entry and the Desktop Application Autostart specifications of freedesktop.org. */
function autostartEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.0',
    'Name=Holdfast',
    'Comment=Keeps protecting in the background',
    `Exec=${execLine(command)}`,
    'Icon=holdfast',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Of the entry's first group alone; others hold actions of a menu. */
function keysOfEntry(text: string): Map<string, string> {
  const keys = new Map<string, string>();
  let group = '';
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line.startsWith('[')) group = line;
    const at = line.indexOf('=');
    if (group === '[Desktop Entry]' && at > 0) keys.set(line.slice(0, at).trimEnd(), line.slice(at + 1).trimStart());
  }
  return keys;
}

function execLine(command: readonly string[]): string {
  return [...command, hiddenSwitch].map(quoteForExec).join(' ');
}

/** In quotes `"`, `` ` ``, `$` and `\` are escaped; the entry's own escaping doubles each backslash; `%` is a field code. */
function quoteForExec(argument: string): string {
  if (/[\r\n]/.test(argument)) throw new Error('The path of Holdfast has a line end in it.');
  if (/^[\w@+=:,./-]+$/.test(argument)) return argument;
  const quoted = argument
    .replaceAll(/["`$\\]/g, String.raw`\$&`)
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return `"${quoted}"`;
}

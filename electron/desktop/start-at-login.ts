/** Starting with the session: an XDG autostart entry on Linux, the system's own list elsewhere. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { App } from 'electron';

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

  get isOn(): boolean {
    const { app, platform } = this.#parts;
    return platform === 'linux'
      ? existsSync(this.#entry)
      : app.getLoginItemSettings({ args: [hiddenSwitch] }).openAtLogin;
  }

  /** Rejects nothing in silence: throws what the file system says. */
  set(on: boolean): void {
    const { app, platform } = this.#parts;
    if (platform !== 'linux') {
      app.setLoginItemSettings({ openAtLogin: on, args: [hiddenSwitch] });
    } else if (on) {
      mkdirSync(dirname(this.#entry), { recursive: true });
      writeFileSync(this.#entry, autostartEntry(this.#parts.command));
    } else {
      rmSync(this.#entry, { force: true });
    }
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
    `Exec=${[...command, hiddenSwitch].map(quoteForExec).join(' ')}`,
    'Icon=holdfast',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** In quotes `"`, `` ` ``, `$` and `\` are escaped; the entry's own escaping doubles each backslash; `%` is a field code. */
function quoteForExec(argument: string): string {
  if (/^[\w@+=:,./-]+$/.test(argument)) return argument;
  const quoted = argument
    .replaceAll(/["`$\\]/g, String.raw`\$&`)
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return `"${quoted}"`;
}

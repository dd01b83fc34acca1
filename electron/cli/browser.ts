/** Opens a link in the operator's browser, without showing it to the other accounts of the machine. */
import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

/** How the desktop of each system opens a file in the program that is meant for it; never through a shell. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * The arguments of a program can be seen by everybody, so the browser is given `file`, which only this account can read
 * and which leads on to `url`. False where no browser can be opened; never rejects.
 */
export async function openInBrowser(url: string, file: string): Promise<boolean> {
  if (!canShowOne()) return false;
  try {
    await rm(file, { force: true });
    await writeFile(file, redirectTo(url), { mode: 0o600, flag: 'wx' });
    const [program = 'xdg-open', ...args] = openers[process.platform] ?? ['xdg-open'];
    return await started(program, [...args, pathToFileURL(file).href]);
  } catch {
    return false;
  }
}

/** Without a screen `xdg-open` starts, finds nothing to open it in, and ends without a word. */
function canShowOne(): boolean {
  const { platform, env } = process;
  return platform !== 'linux' || ['DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER'].some((name) => (env[name] ?? '') !== '');
}

function started(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore', shell: false });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/** `url` is ours: an address, `/login#` and a secret of letters, digits, `-` and `_`. */
function redirectTo(url: string): string {
  const safe = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Holdfast</title>
<meta http-equiv="refresh" content="0; url=${safe}"><a href="${safe}">Open the console</a>
`;
}

/** Where Electron's own program is, if it is: its package brings only the means to fetch it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The program; null where it was never fetched, or is of another version than the package. Fetches nothing. */
export function installedElectron(checkout: string): string | null {
  const folder = join(checkout, 'node_modules', 'electron');
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    const fetched = readFileSync(join(folder, 'dist', 'version'), 'utf8')
      .trim()
      .replace(/^v/, '');
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return fetched === version && existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

/** The script that fetches it. */
export function electronInstaller(checkout: string): string {
  return join(checkout, 'node_modules', 'electron', 'install.js');
}

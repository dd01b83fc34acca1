/**
 * A browser for end-to-end tests: an installed Chrome, Chromium or Edge, else the one Playwright brings, else, for root on
 * Debian, the distribution's package.
 */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';
import { run } from './processes.ts';

// Chromium without all that is around its pages, where it is there, takes half the processor time to start and to open one.
const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
];
const isRoot = process.getuid?.() === 0;

/** The program to start. Installs it where that is possible; otherwise the message says exactly what to do. */
export async function findBrowser(): Promise<string> {
  const found = installedBrowser() ?? (await installPackage());
  if (found !== null) return found;
  throw new Error(
    'No browser for the end-to-end tests. Install Chrome, Chromium or Edge (on Debian: `apt-get install chromium`), ' +
      'or let Playwright bring one: `npx playwright install chromium`.',
  );
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await findBrowser(),
    // Chromium does not start for root with its sandbox on.
    args: isRoot ? ['--no-sandbox'] : [],
  });
}

function installedBrowser(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...elsewhere];
  return [...candidates, chromium.executablePath()].find((path) => path !== '' && existsSync(path)) ?? null;
}

async function installPackage(): Promise<string | null> {
  if (!isRoot || process.platform !== 'linux' || !isDebian()) return null;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  // Older releases have no shell of its own.
  for (const name of ['chromium-headless-shell', 'chromium']) {
    await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', name], { env });
    const found = installedBrowser();
    if (found !== null) return found;
  }
  return null;
}

function isDebian(): boolean {
  try {
    return /^ID(?:_LIKE)?=.*\bdebian\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** The entry of the desktop program. With a command behind its name it is the command line. */
import * as electron from 'electron';
import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { startDesktop } from './desktop/desktop.ts';
import { homeFolder, ownCommand, readLaunch } from './desktop/launch-options.ts';

const { app } = electron;
const launch = readLaunch(process.argv, app.isPackaged, process.cwd());

// Nothing is awaited here: Electron gets ready only when this file has been run.
if (launch.as === 'command') void runCommand(launch.argv);
else void openDesktop(launch.hidden, launch.kit);

async function runCommand(argv: readonly string[]): Promise<void> {
  const { main } = await import('./cli.ts');
  app.exit(await main(argv));
}

async function openDesktop(hidden: boolean, kit: string | null): Promise<void> {
  const { isPackaged } = app;
  await startDesktop({
    electron,
    openEngine: async (options) => (await import('./engine/engine.ts')).serveEngine(options),
    process,
    home: homeFolder(process.env, homedir(), process.cwd()),
    userHome: homedir(),
    userName: userInfo().username,
    version: ownVersion(),
    folders: {
      // In a package the page lies below the program; a build lies in out/app beside out/renderer.
      page: place(isPackaged ? '../out/renderer' : '../../renderer'),
      resources: place(isPackaged ? '../resources' : '../../../resources'),
      preload: place('./preload.cjs'),
    },
    command: ownCommand(process.execPath, app.getAppPath(), isPackaged, process.env),
    hidden,
    kit,
    loadUpdater: async () => (await import('electron-updater')).default.autoUpdater,
    say: (text) => void process.stderr.write(`${text}\n`),
  });
}

function place(path: string): string {
  return join(import.meta.dirname, path);
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(place('../package.json'), 'utf8')) as { version: string };
  return version;
}

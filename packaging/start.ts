/** The entry behind `npm start`. */
import { spawn, type StdioOptions } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { electronInstaller, installedElectron } from './electron-runtime.ts';
import { startConsole } from './start-console.ts';

const checkout = join(import.meta.dirname, '..');
const page = join(checkout, 'out', 'renderer', 'index.html');
const bin = (name: string, file: string): string => join(checkout, 'node_modules', name, file);
/** A download that takes longer is not waited for. */
const downloadMs = 5 * 60_000;

process.exitCode = await startConsole({
  platform: process.platform,
  env: process.env,
  uid: process.getuid?.() ?? null,
  isPageBuilt,
  buildPage: async () => (await node([bin('vite', 'bin/vite.js'), 'build', '--logLevel', 'error'])) === 0,
  buildProgram: async () =>
    (await node([bin('electron-vite', 'bin/electron-vite.js'), 'build', '--logLevel', 'error'])) === 0,
  electron: () => installedElectron(checkout),
  installElectron: async () => (await node([electronInstaller(checkout)], 'ignore', downloadMs)) === 0,
  openDesktop: (electron) => run(electron, [join(checkout, 'out', 'app'), ...process.argv.slice(2)]),
  openBrowserConsole: ({ opens }) =>
    node([join(checkout, 'electron', 'launch.mjs'), 'serve', ...(opens ? ['--open'] : [])]),
  say: (text) => void process.stderr.write(`${text}\n`),
});

function isPageBuilt(): boolean {
  if (!existsSync(page)) return false;
  const built = statSync(page).mtimeMs;
  const sources = globSync(['renderer/**/*', 'shared/**/*.ts', 'vite.config.ts', 'package-lock.json'], {
    cwd: checkout,
  });
  return sources.every((file) => statSync(join(checkout, file)).mtimeMs <= built);
}

function node(args: readonly string[], output: 'inherit' | 'ignore' = 'inherit', timeoutMs?: number): Promise<number> {
  return run(process.execPath, args, ['inherit', output, output], timeoutMs);
}

/** A Ctrl-C reaches the program on its own; this one waits for it. */
async function run(
  program: string,
  args: readonly string[],
  stdio: StdioOptions = 'inherit',
  timeoutMs?: number,
): Promise<number> {
  const wait = (): void => undefined;
  process.on('SIGINT', wait);
  try {
    const child = spawn(program, args, {
      stdio,
      cwd: checkout,
      ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    });
    const end = (): boolean => child.kill('SIGTERM');
    process.once('SIGTERM', end);
    return await new Promise((resolve) => {
      child.on('error', () => resolve(1));
      child.on('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    process.off('SIGINT', wait);
  }
}

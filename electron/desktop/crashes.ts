/** What is done when something of the program itself breaks: it is written down, and the page comes back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App, WebContents } from 'electron';

export type CrashParts = {
  readonly app: Pick<App, 'on'>;
  readonly process: {
    on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  };
  readonly home: string;
  readonly version: string;
  readonly nowMs: () => number;
  readonly onFatal: (reportFile: string | null) => void;
  /** The page has gone, and will not come back by itself. */
  readonly onPageLost: (reportFile: string | null) => void;
};

/** A page that dies so often is broken. */
const mostReloads = 3;
const withinMs = 60_000;

export function watchCrashes(parts: CrashParts): void {
  const { app, process, nowMs, onFatal, onPageLost } = parts;
  // Whatever was under way is in an unknown state; what is stored is not, whenever a process ends.
  process.on('uncaughtException', (error) => onFatal(writeReport(parts, 'Uncaught exception', error)));
  process.on('unhandledRejection', (error) => void writeReport(parts, 'Unhandled rejection', error));
  let reloads: number[] = [];
  app.on('render-process-gone', (_event, contents: Pick<WebContents, 'reload' | 'isDestroyed'>, details) => {
    if (details.reason === 'clean-exit' || contents.isDestroyed()) return;
    const report = writeReport(parts, 'The page ended', `${details.reason} (${details.exitCode})`);
    const now = nowMs();
    reloads = [...reloads.filter((at) => now - at < withinMs), now];
    if (reloads.length > mostReloads) onPageLost(report);
    else contents.reload();
  });
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    if (reason !== 'clean-exit') writeReport(parts, `A ${type} process ended`, `${reason} (${exitCode})`);
  });
}

/** The file, or null where none could be written. Holds no path of the operator but those of the stack, and no secret. */
function writeReport({ home, version, nowMs }: CrashParts, what: string, error: unknown): string | null {
  const at = new Date(nowMs()).toISOString();
  const file = join(home, 'crashes', `${at.replaceAll(':', '-')}.txt`);
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = [what, at, `Holdfast ${version}, ${process.platform} ${process.arch}`, '', detail, ''];
  try {
    mkdirSync(join(home, 'crashes'), { recursive: true, mode: 0o700 });
    writeFileSync(file, lines.join('\n'), { mode: 0o600 });
    return file;
  } catch {
    return null;
  }
}

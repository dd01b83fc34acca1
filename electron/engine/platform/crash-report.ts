/** When a fault of ours ends the process, a file in the home says how, without secrets. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { redactValue } from './redact.ts';

const keptReports = 10;
const pattern = /^crash-[\dTZ.-]+-\d+\.json$/;

export function crashFolder(home: string): string {
  return join(home, 'crashes');
}

/** Null where it could not be written: a process that goes down must not stumble over that. */
export function writeCrashReport(
  folder: string,
  error: unknown,
  facts: Readonly<Record<string, unknown>>,
): string | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const at = new Date().toISOString();
    const file = join(folder, `crash-${at.replaceAll(':', '-')}-${process.pid}.json`);
    const report = { at, ...facts, node: process.versions.node, platform: process.platform, error: redactValue(error) };
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    const reports = names(folder);
    for (const old of reports.slice(0, Math.max(0, reports.length - keptReports))) rmSync(join(folder, old));
    return file;
  } catch {
    return null;
  }
}

/** Newest first. */
export function crashReports(folder: string, count: number): unknown[] {
  return names(folder)
    .toReversed()
    .slice(0, count)
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown];
      } catch {
        return [];
      }
    });
}

export type CrashWatch = { stop(): void };

/** From now on whatever nobody has caught is reported, then ends the process with `exit`. */
export function watchForCrashes(
  folder: string,
  facts: Readonly<Record<string, unknown>>,
  exit: (reportFile: string | null) => void,
): CrashWatch {
  const onCrash = (error: unknown): void => exit(writeCrashReport(folder, error, facts));
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  return {
    stop: () => {
      process.off('uncaughtException', onCrash);
      process.off('unhandledRejection', onCrash);
    },
  };
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .toSorted();
  } catch {
    return [];
  }
}

/** Where and with what was measured. */
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { mustRunChild, type Command } from './measure/child.ts';

export type MachineFacts = {
  readonly cores: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly kernel: string;
};

export type Versions = {
  readonly node: string;
  /** As in `0.14.0`. */
  readonly restic: string;
  /** The whole line that restic says about itself. */
  readonly resticLine: string;
  readonly commit: string;
};

export function machineFacts(): MachineFacts {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()} ${arch()}`,
  };
}

/** The versions of what is compared. Throws where a program that the measurement needs is missing. */
export async function requireTools(signal: AbortSignal): Promise<Versions> {
  await ask('time', ['--version'], signal);
  const resticLine = await ask('restic', ['version'], signal);
  return {
    node: process.version,
    restic: /\d+(?:\.\d+)+/.exec(resticLine)?.[0] ?? '0',
    resticLine,
    commit: await describeCommit(signal),
  };
}

/** Whether a version such as `0.14.0` is this one or a later one. */
export function isAtLeast(version: string, wanted: string): boolean {
  return version.localeCompare(wanted, 'en', { numeric: true }) >= 0;
}

/** What the working tree holds: a commit, and whether the code differs from it. */
export async function describeCommit(signal: AbortSignal): Promise<string> {
  const commit = await ask('git', ['rev-parse', '--short=12', 'HEAD'], signal);
  const code = ['electron', 'shared', 'package.json', 'package-lock.json'];
  const changed = await ask('git', ['status', '--porcelain', '--', ...code], signal);
  return changed === '' ? commit : `${commit} with uncommitted changes`;
}

async function ask(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const cwd = new URL('../..', import.meta.url).pathname;
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  const command: Command = { program, args, env, cwd };
  return (await mustRunChild(command, signal)).stdout.trim();
}

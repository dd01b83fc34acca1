/** The two programs as they are called, command by command. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAtLeast, type Versions } from '../machine.ts';
import { toolNames, type ToolName } from '../results.ts';
import type { Command } from './child.ts';
import { builtLauncher } from './launcher.ts';
import type { Place } from './places.ts';

export type Tool = {
  readonly name: ToolName;
  /** Everything of it lies here. */
  readonly folder: string;
  readonly repository: string;
  /** Empties the folder: no repository, no cache, no home. */
  start(): Promise<void>;
  end(): Promise<void>;
  init(): Command;
  snapshot(data: string): Command;
  check(): Command;
  restore(target: string): Command;
  /** What stays open beside commands, and does their work; null where there is no such thing. */
  serve(): Command | null;
};

type Words = {
  readonly program: readonly string[];
  readonly init: readonly string[];
  readonly snapshot: readonly string[];
  readonly check: readonly string[];
  readonly restore: (target: string) => readonly string[];
  readonly serve: readonly string[] | null;
};

/** What stands in the document for a folder of this machine. */
export type Folders = { readonly launcher: string; readonly node: string };

const password = 'correct horse battery staple';

export function makeTools(place: Place, versions: Versions): Tool[] {
  return toolNames.map((name) => makeTool(name, place, versions));
}

export function makeTool(name: ToolName, place: Place, versions: Versions): Tool {
  const folder = place.path(name);
  const words = toolWords(name, versions);
  const command = (args: readonly string[]): Command => {
    const [program = '', ...before] = words.program;
    return {
      program,
      args: [...before, ...args],
      env: { ...commonEnvironment(place), ...ownEnvironment(folder) },
      cwd: place.root,
    };
  };
  const end = () => rm(folder, { recursive: true, force: true });
  return {
    name,
    folder,
    repository: join(folder, 'repository'),
    start: async () => {
      await end();
      await mkdir(folder);
    },
    end,
    init: () => command(words.init),
    snapshot: (data) => command([...words.snapshot, data]),
    check: () => command(words.check),
    restore: (target) => command(words.restore(target)),
    serve: () => (words.serve === null ? null : command(words.serve)),
  };
}

/** The words of each command, with restic's as good for restic as its version allows. */
export function toolWords(name: ToolName, { restic }: Versions, folders: Folders = foldersHere()): Words {
  if (name === 'restic') {
    return {
      program: ['restic', '-q'],
      init: ['init', '--repository-version', '2'],
      // Counting the files first is of use to a progress bar only.
      snapshot: ['backup', ...(isAtLeast(restic, '0.15') ? ['--no-scan'] : [])],
      check: ['check', '--read-data', '--with-cache'],
      restore: (target) => ['restore', 'latest', '--verify', '--target', target],
      serve: null,
    };
  }
  return {
    program: [folders.node, folders.launcher, '-q'],
    init: ['init'],
    snapshot: ['protect'],
    check: ['check', '--read-data'],
    restore: (target) => ['restore', 'latest', '--to', target],
    serve: ['serve'],
  };
}

function foldersHere(): Folders {
  return {
    node: process.execPath,
    launcher: builtLauncher(),
  };
}

/** Temporary files belong to the place, too: restic puts packs together in them. */
function commonEnvironment(place: Place): Record<string, string> {
  const { PATH = '', HOME = place.root } = process.env;
  return { PATH, HOME, TMPDIR: place.root, LC_ALL: 'C', TZ: 'UTC' };
}

function ownEnvironment(folder: string): Record<string, string> {
  return {
    RESTIC_REPOSITORY: join(folder, 'repository'),
    RESTIC_PASSWORD: password,
    RESTIC_CACHE_DIR: join(folder, 'cache'),
    HOLDFAST_HOME: join(folder, 'home'),
    HOLDFAST_REPOSITORY: join(folder, 'repository'),
    HOLDFAST_PASSWORD: password,
  };
}

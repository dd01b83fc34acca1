/** Bare repositories on disk, made when they are first needed, and the git that works on them. */
import { execFileSync, type ExecFileSyncOptionsWithBufferEncoding } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRefs, type ReadRef } from './read-refs.ts';

const outputBytes = 64 * 1024 * 1024;

/**
 * As on GitHub: the refs of pull requests are there to fetch and refused to push; parts of a history can be asked for.
 * What is lost with the machine is no loss, so that nothing waits for a disk.
 */
const configuration = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[receive]
\thideRefs = refs/pull
[http]
\treceivepack = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[gc]
\tauto = 0
[core]
\tfsync = none
`;

/** Neither the machine's configuration nor the account's has a say. */
export function gitEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    GIT_AUTHOR_NAME: 'Sandbox',
    GIT_AUTHOR_EMAIL: 'sandbox@example.com',
    GIT_COMMITTER_NAME: 'Sandbox',
    GIT_COMMITTER_EMAIL: 'sandbox@example.com',
  };
}

/** What git said, without the last newline. Throws when it fails. */
export function git(args: readonly string[], input?: Uint8Array | string): string {
  const options: ExecFileSyncOptionsWithBufferEncoding = {
    env: gitEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: outputBytes,
    ...(input !== undefined && { input }),
  };
  return execFileSync('git', args, options).toString('utf8').trimEnd();
}

/** As `git init --bare` makes it, with neither hooks nor notes. */
function makeRepository(path: string, branch: string): void {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    mkdirSync(join(path, folder), { recursive: true });
  writeFileSync(join(path, 'config'), configuration);
  pointHead(path, branch);
}

function pointHead(path: string, branch: string): void {
  const written = join(path, 'HEAD.new');
  writeFileSync(written, `ref: refs/heads/${branch}\n`);
  renameSync(written, join(path, 'HEAD'));
}

export class BareRepository {
  readonly #path: string;
  #defaultBranch: string;
  #made = false;

  constructor(path: string, defaultBranch: string) {
    this.#path = path;
    this.#defaultBranch = defaultBranch;
  }

  /** Makes it if need be: an organization of thousands costs nothing until it is cloned. */
  get path(): string {
    if (!this.#made) {
      makeRepository(this.#path, this.#defaultBranch);
      this.#made = true;
    }
    return this.#path;
  }

  get defaultBranch(): string {
    return this.#defaultBranch;
  }

  set defaultBranch(name: string) {
    if (this.#made) pointHead(this.#path, name);
    this.#defaultBranch = name;
  }

  /** As `git`, in it. */
  git(args: readonly string[], input?: Uint8Array | string): string {
    return git(['-C', this.path, ...args], input);
  }

  /** Names as in `refs/heads/main` with what they point to, as git sorts them. */
  refs(prefix = 'refs/'): ReadRef[] {
    return this.#made ? readRefs(this.#path, prefix) : [];
  }

  /** As one text, to see whether a push has changed any. */
  listing(prefix = 'refs/'): string {
    return this.refs(prefix)
      .map(({ sha, name }) => `${sha} ${name}`)
      .join('\n');
  }

  hasBranch(name: string): boolean {
    return this.refs(`refs/heads/${name}`).some((ref) => ref.name === `refs/heads/${name}`);
  }

  /** As GitHub does: the first branch that arrives becomes the default one where that one is missing. */
  adoptFirstBranch(): void {
    const branches = this.refs('refs/heads').map(({ name }) => name.slice('refs/heads/'.length));
    const [first] = branches;
    if (first !== undefined && !branches.includes(this.#defaultBranch)) this.defaultBranch = first;
  }

  remove(): void {
    rmSync(this.#path, { recursive: true, force: true });
    this.#made = false;
  }
}

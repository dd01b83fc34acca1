/** Runs of a GitHub source against a sandboxed GitHub, and what they said. */
import { nothingInSnapshots } from './no-snapshots.ts';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitHubSourceOptions } from '../../electron/engine/sources/github/github-source.ts';
import { githubSource } from '../../electron/engine/sources/github/github-source.ts';
import { type CaptureProgress, type Prepared } from '../../electron/engine/sources/source.ts';
import { type SandboxRepository } from '../../electron/sandbox/github/repository.ts';
import { type RepositoryOptions } from '../../electron/sandbox/github/options.ts';
import { type Issue } from '../../shared/contract/common.ts';
import { everyRepository } from '../../shared/model/github-filters.ts';
import type { SourceFinding } from '../../shared/model/source-findings.ts';
import { toHoldfastError, type HoldfastError } from '../../shared/model/errors.ts';
import { mustRun } from './processes.ts';
import { type HubPlace } from './sandbox-github.ts';
import { unheld } from './unheld.ts';

export const allParts = { wiki: true, lfs: false, pullRefs: false, issues: true, releases: true };

export type SourceRun = {
  /** Null where it threw. */
  readonly prepared: Prepared | null;
  readonly error: HoldfastError | null;
  readonly issues: readonly Issue[];
  readonly notices: readonly string[];
  readonly progress: readonly CaptureProgress[];
  readonly findings: readonly SourceFinding[];
};

export type RunMore = Partial<GitHubSourceOptions> & {
  readonly token?: string;
  readonly nowMs?: () => number;
  readonly signal?: AbortSignal;
  /** `mirrorsOf` by default. */
  readonly root?: string;
};

export const mirrorsOf = ({ workspace }: HubPlace): string => workspace.path('mirrors');

/** One run for the organization `acme`. */
export async function runSource(place: HubPlace, more: RunMore = {}): Promise<SourceRun> {
  const { github } = place;
  const { token, nowMs = Date.now, signal = new AbortController().signal, root = mirrorsOf(place), ...options } = more;
  const issues: Issue[] = [];
  const notices: string[] = [];
  const progress: CaptureProgress[] = [];
  const findings: SourceFinding[] = [];
  const source = githubSource({
    owner: 'acme',
    api: github.api,
    credential: { kind: 'token', token: token ?? github.addToken({ scopes: 'read' }) },
    filters: everyRepository,
    parts: allParts,
    verifyEveryMs: 7 * 24 * 3_600_000,
    exceptions: [],
    name: 'acme',
    patience: { retryMs: 1, sleep: async () => undefined },
    ...options,
  });
  const context = {
    hold: unheld,
    root,
    signal,
    nowMs,
    onProgress: (state: CaptureProgress) => void progress.push(state),
    onIssue: (issue: Issue) => void issues.push(issue),
    onNotice: (text: string) => void notices.push(text),
    onFinding: (finding: SourceFinding) => void findings.push(finding),
    log: () => undefined,
    inSnapshots: nothingInSnapshots,
  };
  try {
    return { prepared: await source.prepare(context), error: null, issues, notices, progress, findings };
  } catch (error) {
    return { prepared: null, error: toHoldfastError(error), issues, notices, progress, findings };
  }
}

/** A repository of `acme` with one commit, pushed an hour ago. */
export async function addFilled(
  place: HubPlace,
  name: string,
  options?: RepositoryOptions,
): Promise<SandboxRepository> {
  const repository = place.github.createRepository('acme', name, options);
  await pushTo(place, repository, name, '2026-01-02T00:00:00Z');
  return repository;
}

/** A further commit on `main`. */
export async function pushTo(place: HubPlace, to: SandboxRepository, message: string, at: string): Promise<void> {
  const cwd = await place.workspace.folder(`work-${to.id}`);
  await place.mustGit(['init', '--quiet', '--initial-branch=main'], { cwd });
  await place.mustGit(['commit', '--quiet', '--allow-empty', `--message=${message}`], { cwd });
  to.pushLocally(join(cwd, '.git'));
  to.touch(at);
}

/** From now on every start of Git in this process is written down; gives how to read what was. */
export async function watchGit({ workspace }: HubPlace): Promise<Disposable & { starts(): Promise<string[]> }> {
  const folder = await workspace.folder('watched-bin');
  const file = join(folder, 'starts');
  const real = (await mustRun('sh', ['-c', 'command -v git'])).stdout.trim();
  await writeFile(join(folder, 'git'), `#!/bin/sh\necho "$@" >> '${file}'\nexec '${real}' "$@"\n`);
  await chmod(join(folder, 'git'), 0o755);
  await writeFile(file, '');
  const before = process.env['PATH'] ?? '';
  process.env['PATH'] = `${folder}:${before}`;
  return {
    starts: async () => (await readFile(file, 'utf8')).split('\n').filter((line) => line !== ''),
    [Symbol.dispose]: () => void (process.env['PATH'] = before),
  };
}

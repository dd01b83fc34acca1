/** Repositories on a Git server of a test, with histories that Git itself makes, and a mirror of one of them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { updateMirror, type MirrorOutcome, type MirrorRequest } from '../../electron/engine/sources/git/mirror.ts';
import { startGitServer, type GitServer } from './git-server.ts';
import { mustRun } from './processes.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

/** A Git that knows nothing of this machine, and says the same ids each time. */
const plainGit = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'C',
  GIT_COMMITTER_EMAIL: 'c@example.org',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

/** The output without the end of its last line. */
export async function git(folder: string, words: readonly string[], input?: string | Uint8Array): Promise<string> {
  const options = { cwd: folder, env: plainGit, ...(input === undefined ? {} : { input }) };
  return (await mustRun('git', words, options)).stdout.replace(/\n$/, '');
}

export type Upstream = AsyncDisposable & {
  readonly workspace: Workspace;
  readonly server: GitServer;
  readonly secret: string;
  /** The bare repository on the server. */
  readonly bare: string;
  readonly url: string;
  readonly mirror: string;
  readonly meta: string;
  readonly work: string;
  readonly git: (...words: readonly string[]) => Promise<string>;
  /** A commit on the branch as it stands, or on `parent`: gives its id. */
  readonly commit: (branch: string, files: Readonly<Record<string, string>>, parent?: string | null) => Promise<string>;
  readonly update: (changes?: Partial<MirrorRequest>) => Promise<MirrorOutcome>;
  readonly inMirror: (...words: readonly string[]) => Promise<string>;
};

type UpstreamOptions = { readonly isPublic?: boolean; readonly objectFormat?: 'sha1' | 'sha256' };

export async function makeUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const workspace = await makeWorkspace({ inMemory: true });
  const root = await workspace.folder('server');
  const secret = 'ghp_thisIsAVerySecretToken0123456789';
  const server = await startGitServer({ root, ...(options.isPublic === true ? {} : { secret }) });
  const bare = join(root, 'team', 'tools.git');
  mkdirSync(bare, { recursive: true });
  const format = `--object-format=${options.objectFormat ?? 'sha1'}`;
  await git(bare, ['init', '--quiet', '--bare', '--initial-branch=main', format, '.']);
  const url = server.url('team/tools.git');
  const places = {
    mirror: workspace.path('mirrors', 'team', 'tools.git'),
    meta: workspace.path('mirrors', 'team', 'tools.meta'),
    work: workspace.path('mirrors', 'team', '.holdfast'),
  };
  return {
    workspace,
    server,
    secret,
    bare,
    url,
    ...places,
    git: (...words) => git(bare, words),
    commit: (branch, files, parent) => commit(bare, branch, files, parent),
    update: (changes) =>
      updateMirror({
        folder: places.mirror,
        meta: places.meta,
        work: places.work,
        url,
        access: { base: server.base, user: 'x-access-token', secret },
        pullRefs: false,
        lfs: true,
        signal: new AbortController().signal,
        nowMs: () => Date.parse('2026-11-29T12:00:00Z'),
        ...changes,
      }),
    inMirror: (...words) => git(places.mirror, words),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

let count = 0;

/** By `fast-import`, in one command: the files are added to those of the parent. */
async function commit(
  bare: string,
  branch: string,
  files: Readonly<Record<string, string>>,
  parent?: string | null,
): Promise<string> {
  const name = branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
  const known = parent === undefined ? await tip(bare, name) : parent;
  const message = `commit ${(count += 1)}`;
  const lines = [
    `commit ${name}`,
    'committer C <c@example.org> 1700000000 +0000',
    `data ${message.length}\n${message}`,
    ...(known === null ? [] : [`from ${known}`]),
    ...Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}`),
  ];
  if (known === null) lines.unshift(`reset ${name}`);
  await git(bare, ['fast-import', '--quiet', '--force'], `${lines.join('\n')}\n\n`);
  return git(bare, ['rev-parse', name]);
}

async function tip(bare: string, name: string): Promise<string | null> {
  return (await git(bare, ['for-each-ref', '--format=%(objectname)', name])) || null;
}

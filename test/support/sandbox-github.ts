/** A sandboxed GitHub in a workspace of its own, with git that asks nobody and knows nobody. */
import { startSandboxGitHub, type SandboxGitHub } from '../../electron/sandbox/github/github.ts';
import { run, type Finished } from './processes.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

export type GitOptions = {
  readonly token?: string;
  /** The workspace by default. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
};

export type HubPlace = AsyncDisposable & {
  readonly github: SandboxGitHub;
  readonly workspace: Workspace;
  /** Runs git in the workspace. `token` is shown as git shows a password. */
  git(args: readonly string[], options?: GitOptions): Promise<Finished>;
  /** As `git`, and rejects when it fails; gives what it said, without the last newline. */
  mustGit(args: readonly string[], options?: GitOptions): Promise<string>;
};

export async function makeHubPlace(): Promise<HubPlace> {
  const workspace = await makeWorkspace({ inMemory: true });
  const github = await startSandboxGitHub({ folder: workspace.path('github') });
  const git: HubPlace['git'] = (args, { token, cwd = workspace.root, env } = {}) =>
    run('git', args, {
      cwd,
      env: { ...plainGit(workspace.home), ...(token !== undefined && basic(github.web, token)), ...env },
    });
  return {
    github,
    workspace,
    git,
    mustGit: async (args, options) => {
      const { code, stdout, stderr } = await git(args, options);
      if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${stderr}`);
      return stdout.trimEnd();
    },
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

/** Pushes a branch with one commit; gives the working repository it comes from. */
export async function pushCommit(place: HubPlace, url: string, token: string): Promise<string> {
  const cwd = await place.workspace.folder('work');
  await place.mustGit(['init', '--quiet', '--initial-branch=main'], { cwd });
  await place.mustGit(['commit', '--quiet', '--allow-empty', '--message=First'], { cwd });
  await place.mustGit(['push', '--quiet', url, 'main'], { cwd, token });
  return cwd;
}

/** Nothing of the machine's or the account's, and dates that do not change. */
function plainGit(home: string): Record<string, string> {
  return {
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  };
}

function basic(web: string, token: string): Record<string, string> {
  const value = Buffer.from(`x-access-token:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${web}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${value}`,
  };
}

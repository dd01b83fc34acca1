/** An organisation on a GitHub of the test's own, whose history moves on, for the console to protect and give back. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeHubPlace, type HubPlace } from '../support/sandbox-github.ts';

export type Acme = AsyncDisposable & {
  readonly hub: HubPlace;
  readonly api: string;
  /** May read everything. */
  readonly token: string;
  /** May write too. */
  readonly writer: string;
  /** In the working copy of a repository; gives what git says. */
  git(name: string, ...args: string[]): Promise<string>;
  /** Commits a file, and pushes the branch that is checked out. */
  commit(name: string, file: string, content: string | Buffer): Promise<string>;
  /** Takes the newest commit of `main` off again and pushes something else by force, and deletes `feature/x`. */
  lose(): Promise<void>;
};

/** `acme/app` with branches, tags, a merge and odd files, `acme/library`, private, and `acme/website`, archived and empty. */
export async function makeAcme(): Promise<Acme> {
  const hub = await makeHubPlace();
  const { github, workspace } = hub;
  github.createOwner('acme');
  github.createOwner('spare');
  github.createRepository('acme', 'app', { topics: ['core', 'web'] });
  github.createRepository('acme', 'library', { private: true, topics: ['core'] });
  github.createRepository('acme', 'website', { archived: true });
  const [token, writer] = [github.addToken({ scopes: 'read' }), github.addToken()];
  const folder = (name: string) => workspace.path('work', name);
  const git: Acme['git'] = (name, ...args) => hub.mustGit(args, { cwd: folder(name), token: writer });
  const push = async (name: string, ...args: string[]) => void (await git(name, 'push', '--quiet', 'origin', ...args));
  const commit: Acme['commit'] = async (name, file, content) => {
    const path = join(folder(name), file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await git(name, 'add', '--all');
    await git(name, 'commit', '--quiet', `--message=Change ${file}`);
    await push(name, 'HEAD');
    return git(name, 'rev-parse', 'HEAD');
  };
  for (const name of ['app', 'library']) {
    await workspace.folder('work', name);
    await git(name, 'init', '--quiet', '--initial-branch=main');
    await git(name, 'remote', 'add', 'origin', github.repository('acme', name).cloneUrl);
    await commit(name, 'README.md', `# ${name}\n\nWhat it is for.\n`);
  }
  await commit('app', 'src/main.ts', 'export const answer = 42;\n\tindented();\nconst turned = "\u202eabc";\n');
  await commit('app', '<img src=x onerror=alert(1)>.txt', '<script>alert(1)</script>\n');
  await git('app', 'tag', '--annotate', '--message=First', 'v1.0');
  await commit('app', 'logo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]));
  await git('app', 'checkout', '--quiet', '-b', 'feature/x', 'v1.0');
  await commit('app', 'src/feature.ts', 'export const x = 1;\n');
  await git('app', 'checkout', '--quiet', 'main');
  await push('app', 'v1.0');
  return {
    hub,
    api: github.api,
    token,
    writer,
    git,
    commit,
    lose: async () => {
      await git('app', 'reset', '--quiet', '--hard', 'HEAD~1');
      await git('app', 'commit', '--quiet', '--allow-empty', '--message=Start over');
      await push('app', '--force', 'main');
      await push('app', '--delete', 'feature/x');
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  };
}

/**
 * A folder of mirrors as a source of Git makes it, protected by Holdfast, with an upstream they come from and a GitHub of
 * one's own to give them back to.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { GitRestoreInput, GitRestoreResult, RestoredGitRepository } from '../../shared/contract/git.ts';
import type { Ref } from '../../shared/model/git-refs.ts';
import { connect, toTheEnd, type Connected } from './client.ts';
import { expectDone } from './expect-clean.ts';
import { makeHubPlace, type HubPlace } from './sandbox-github.ts';

export type GitScene = AsyncDisposable & {
  readonly hub: HubPlace;
  readonly connected: Connected;
  readonly access: { readonly location: string; readonly password: string };
  /** The folder that is protected. */
  readonly mirrors: string;
  readonly token: string;
  git(...args: string[]): Promise<string>;
  /** A working repository beside the others, with a first commit. */
  upstream(name: string): Promise<Upstream>;
  /** Brings `<owner>/<name>.git` to what upstream has now, with its list of refs beside it. */
  mirror(upstream: Upstream, owner: string, name: string): Promise<string>;
  protect(): Promise<string>;
  /** Refs of a repository on disk or of a server, without HEAD. */
  refs(of: string): Promise<Map<string, string>>;
  restore(input: Omit<GitRestoreInput, 'repository'>): Promise<Restored>;
};

export type Restored = {
  readonly result: GitRestoreResult;
  readonly repositories: readonly RestoredGitRepository[];
  readonly notices: readonly string[];
};

export type Upstream = {
  readonly folder: string;
  git(...args: string[]): Promise<string>;
  /** Id of the new commit. */
  commit(file: string, content: string): Promise<string>;
};

export async function makeGitScene(): Promise<GitScene> {
  const hub = await makeHubPlace();
  const { workspace, github } = hub;
  const mirrors = await workspace.folder('mirrors', 'work');
  const access = { location: workspace.repository, password: workspace.password };
  expectDone(await workspace.holdfast(['init', workspace.repository]));
  const connected = await connect(workspace);
  const git: GitScene['git'] = (...args) => hub.mustGit(args);
  const token = github.addToken();
  github.createOwner('target');
  const refs: GitScene['refs'] = async (of) => {
    const listed = await hub.mustGit(['ls-remote', '--refs', of], { token });
    const lines = listed === '' ? [] : listed.split('\n').map((line) => line.split('\t'));
    return new Map(lines.map(([id = '', name = '']) => [name, id]));
  };
  return {
    hub,
    connected,
    access,
    mirrors,
    token,
    git,
    refs,
    upstream: async (name) => {
      const folder = await workspace.folder('upstream', name);
      const inFolder = (...args: string[]): Promise<string> => hub.mustGit(args, { cwd: folder });
      await inFolder('init', '--quiet', '--initial-branch=main');
      const commit: Upstream['commit'] = async (file, content) => {
        mkdirSync(join(folder, file, '..'), { recursive: true });
        writeFileSync(join(folder, file), content);
        await inFolder('add', '--all');
        await inFolder('commit', '--quiet', `--message=Change ${file}`);
        return inFolder('rev-parse', 'HEAD');
      };
      await commit('README', `This is ${name}.\n`);
      return { folder, git: inFolder, commit };
    },
    mirror: async (upstream, owner, name) => {
      const bare = join(mirrors, owner, `${name}.git`);
      if (!existsSync(bare)) await git('init', '--quiet', '--bare', '--template=', '--initial-branch=main', bare);
      const specs = ['heads', 'tags', 'notes'].map((kind) => `+refs/${kind}/*:refs/${kind}/*`);
      await git('-C', bare, 'fetch', '--quiet', '--prune', '--no-write-fetch-head', upstream.folder, ...specs);
      const head = await upstream.git('symbolic-ref', 'HEAD');
      await git('-C', bare, 'symbolic-ref', 'HEAD', head);
      writeRefs(join(mirrors, owner, `${name}.meta`), head, await refs(bare));
      return bare;
    },
    protect: async () => {
      const input = { repository: access, paths: [mirrors], source: 'mirrors' };
      const { result } = await toTheEnd(await connected.client.protection.protect(input));
      expect(result.result.status).toBe('complete');
      return result.result.snapshot;
    },
    restore: async (input) => {
      const { events, result } = await toTheEnd(await connected.client.git.restore({ repository: access, ...input }));
      return {
        result: result.result,
        repositories: events.flatMap((event) => (event.type === 'repository' ? [event.repository] : [])),
        notices: events.flatMap((event) => (event.type === 'notice' ? [event.text] : [])),
      };
    },
    [Symbol.asyncDispose]: async () => {
      await connected[Symbol.asyncDispose]();
      await hub[Symbol.asyncDispose]();
    },
  };
}

/** As a source writes it: sorted, annotated tags with what they point to left out where nothing asks for it. */
function writeRefs(folder: string, head: string, refs: ReadonlyMap<string, string>): void {
  const listed: Ref[] = [...refs].toSorted(([a], [b]) => (a < b ? -1 : 1));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'refs.json'), JSON.stringify({ version: 1, head, refs: listed }));
}

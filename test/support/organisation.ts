/** An organisation on a sandboxed GitHub, protected by command, each in a process of its own. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { startSandboxGitHub, type SandboxGitHub } from '../../electron/sandbox/github/github.ts';
import type { ProtectResult } from '../../shared/contract/protection.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

export async function makeOrganisationScene() {
  const workspace: Workspace = await makeWorkspace();
  const github: SandboxGitHub = await startSandboxGitHub({ folder: await workspace.folder('github') });
  github.createOwner('acme');
  const token = github.addToken({ scopes: 'read' });
  const env = { GITHUB_TOKEN: token };
  const properties = ['owner=acme', `api=${github.api}`].flatMap((text) => ['--set', text]);
  const must = async (args: string[], code = 0) => {
    const result = await workspace.holdfast(args, { env });
    expect(result.code, result.stderr).toBe(code);
    return result;
  };
  await must(['init']);
  await must(['source', 'add', 'github', '--name', 'acme', ...properties, '--secret', 'token=env:GITHUB_TOKEN']);
  return {
    workspace,
    github,
    token,
    env,
    must,
    /** Of the mirrors. */
    folder: join(workspace.home, 'holdfast', 'mirrors', 'acme'),
    /** Where its history is to be. */
    add: (name: string, defaultBranch = 'main'): string =>
      github.createRepository('acme', name, { private: true, defaultBranch }).path,
    protect: async (code = 0): Promise<ProtectResult> =>
      JSON.parse((await must(['protect', 'acme', '--json'], code)).stdout) as ProtectResult,
    async [Symbol.asyncDispose]() {
      await github[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}

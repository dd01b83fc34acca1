/** What a credential sees of an owner on GitHub, before a source is made of it. */
import type { GithubDefinition, GithubPreview, SourceSecret } from '../../../shared/contract/sources.ts';
import { notCaptured } from '../sources/github/not-captured.ts';
import type { GitHubCredential } from '../sources/github/credential.ts';
import { previewGitHub } from '../sources/github/preview.ts';
import type { CallContext } from './context.ts';
import { githubCredential } from './remote-source.ts';

/** Without secrets, with those of the registered source of that name, for the server they were entered for. GITHUB_…. */
export async function githubPreview(
  context: CallContext,
  source: GithubDefinition,
  secrets: readonly SourceSecret[],
  signal: AbortSignal,
): Promise<GithubPreview> {
  const { nowMs } = context;
  const credential = givenCredential(source, secrets) ?? (await githubCredential(context, source));
  const { api, owner, filters } = source;
  const seen = await previewGitHub({ api, owner, filters, credential, signal, nowMs, onNotice: () => undefined });
  return {
    owner: { login: seen.login, kind: seen.ownerKind },
    credential: {
      kind: credential.kind === 'app' ? 'app' : seen.tokenKind === 'fine-grained' ? 'fineGrained' : 'token',
      scopes: [...(seen.scopes ?? [])],
      expiresAt: seen.expiresAt,
    },
    mayNotSee: [...seen.mayNotSee],
    notCaptured: [...notCaptured],
    repositories: seen.repositories.map(({ sizeBytes, topics, ...repository }) => ({
      ...repository,
      topics: [...topics],
      bytes: sizeBytes,
    })),
  };
}

function givenCredential({ app }: GithubDefinition, secrets: readonly SourceSecret[]): GitHubCredential | null {
  const value = (key: SourceSecret['key']): string | undefined => secrets.find((secret) => secret.key === key)?.value;
  const [token, privateKey] = [value('token'), value('app-key')];
  if (app !== null)
    return privateKey === undefined
      ? null
      : { kind: 'app', appId: app.id, privateKey, installationId: app.installation };
  return token === undefined ? null : { kind: 'token', token };
}

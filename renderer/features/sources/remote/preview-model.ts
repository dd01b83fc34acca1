/** What a look at GitHub has found, and what the filters let through of it. Pure. */
import type { GithubPreview } from '../../../../shared/contract/sources.ts';

export type FoundRepository = GithubPreview['repositories'][number];

export type PreviewCounts = {
  readonly selected: number;
  readonly all: number;
  /** As the server says, of those selected; without Git LFS. */
  readonly bytes: number;
  readonly private: number;
  readonly archived: number;
  readonly forks: number;
};

export function countsOf(
  repositories: readonly FoundRepository[],
  isSelected: (one: FoundRepository) => boolean,
): PreviewCounts {
  const chosen = repositories.filter(isSelected);
  const count = (is: (one: FoundRepository) => boolean) => chosen.filter(is).length;
  return {
    selected: chosen.length,
    all: repositories.length,
    bytes: chosen.reduce((sum, { bytes }) => sum + bytes, 0),
    private: count((one) => one.private),
    archived: count((one) => one.archived),
    forks: count((one) => one.fork),
  };
}

const dayMs = 86_400_000;

/** Within two weeks somebody should know. */
export function expiryOf(expiresAt: string | null, nowMs: number): 'none' | 'expired' | 'soon' | 'later' {
  if (expiresAt === null) return 'none';
  const left = Date.parse(expiresAt) - nowMs;
  return left <= 0 ? 'expired' : left <= 14 * dayMs ? 'soon' : 'later';
}

const kinds: Readonly<Record<GithubPreview['credential']['kind'], string>> = {
  none: 'none: only what is public',
  token: 'classic token',
  fineGrained: 'fine-grained token',
  app: 'GitHub App',
};

export function sayCredentialKind(kind: GithubPreview['credential']['kind']): string {
  return kinds[kind];
}

/** Scopes that let a token change or remove what it protects. */
export function writingScopes(scopes: readonly string[]): readonly string[] {
  const reading = new Set(['user:email', 'public_key', 'security_events']);
  return scopes.filter((scope) => !scope.startsWith('read:') && !reading.has(scope));
}

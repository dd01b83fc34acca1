/** What a source elsewhere is reached with, while somebody types it: it goes to the engine, and is never shown again. Pure. */
import type { GithubDefinition, SourceSecret } from '../../../../shared/contract/sources.ts';

/** `kept`: of a source that is there, as it is. */
export type CredentialKind = 'kept' | 'token' | 'app' | 'none';

export type CredentialDraft = {
  readonly kind: CredentialKind;
  readonly token: string;
  readonly app: string;
  readonly installation: string;
  /** PEM. */
  readonly privateKey: string;
};

export const emptyCredential: CredentialDraft = {
  kind: 'token',
  token: '',
  app: '',
  installation: '',
  privateKey: '',
};

export function numberFault(text: string): string | null {
  return text.trim() === '' || /^[1-9]\d{0,14}$/.test(text.trim()) ? null : 'A number, as GitHub shows it.';
}

export function privateKeyFault(text: string): string | null {
  if (text.trim() === '') return null;
  return /^-----BEGIN [A-Z ]*PRIVATE KEY-----\s[\s\S]+-----END [A-Z ]*PRIVATE KEY-----\s*$/.test(text.trimStart())
    ? null
    : 'The whole file, from -----BEGIN … to -----END ….';
}

export function tokenFault(text: string): string | null {
  return /[\s\0]/.test(text.trim()) ? 'A token has no spaces or line breaks in it.' : null;
}

/** Whether all of it is there. `kept` and `none` need nothing. */
export function isCredentialWhole(draft: CredentialDraft): boolean {
  if (draft.kind === 'token') return draft.token.trim() !== '' && tokenFault(draft.token) === null;
  if (draft.kind !== 'app') return true;
  const numbers = [draft.app, draft.installation];
  const areThere = numbers.every((text) => text.trim() !== '' && numberFault(text) === null);
  return areThere && draft.privateKey.trim() !== '' && privateKeyFault(draft.privateKey) === null;
}

export function appOf(draft: CredentialDraft, kept: GithubDefinition['app']): GithubDefinition['app'] {
  if (draft.kind === 'kept') return kept;
  if (draft.kind !== 'app') return null;
  return { id: Number(draft.app.trim()), installation: Number(draft.installation.trim()) };
}

/** As `sources.add` takes them. */
export function secretsOf(draft: CredentialDraft): SourceSecret[] {
  if (draft.kind === 'token') return [{ key: 'token', value: draft.token.trim(), variable: null }];
  if (draft.kind === 'app') return [{ key: 'app-key', value: `${draft.privateKey.trim()}\n`, variable: null }];
  return [];
}

/** The same for a command line, which takes a secret from the environment alone. */
export function secretWords(kind: CredentialKind, variable: string): readonly string[] {
  if (kind === 'token') return ['--secret', `token=env:${variable}_TOKEN`];
  if (kind === 'app') return ['--secret', `app-key=env:${variable}_APP_KEY`];
  return [];
}

/** What GitHub is asked with: a token as it is, or those of an app's installation, which live an hour and are renewed. */
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { failureOf } from './failures.ts';

export type GitHubCredential =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'app';
      readonly appId: number;
      /** PEM, as GitHub gives it. */
      readonly privateKey: string;
      readonly installationId: number;
    };

export type TokenKind = 'classic' | 'fine-grained' | 'installation' | 'oauth' | 'unknown';

export type TokenKeeper = {
  /** Good for some minutes at least. */
  token(): Promise<string>;
  /** Another one, after `refused` was not taken; false where there is none. */
  renew(refused: string): Promise<boolean>;
  /** All that must never be shown. */
  secrets(): readonly string[];
};

/** Asks octokit's app for an installation token. */
export type AskInstallationToken = (refresh: boolean) => Promise<unknown>;

/** A clone may start with it, and shows it again for each LFS object. */
const renewedBeforeMs = 15 * 60_000;

const installationSchema = z.object({ token: z.string().min(1), expiresAt: z.iso.datetime({ offset: true }) });

export function plainToken(token: string): TokenKeeper {
  // A header takes no other characters, and what octokit would say of it has the token in it.
  if (!/^[\x21-\x7e]{1,1000}$/.test(token)) {
    throw new HoldfastError('GITHUB_REFUSED', 'The token has characters that no token has.');
  }
  return { token: async () => token, renew: async () => false, secrets: () => [token] };
}

export function installationTokens(ask: AskInstallationToken, privateKey: string, nowMs: () => number): TokenKeeper {
  refuseOtherThanKey(privateKey);
  let current: { readonly token: string; readonly expiresMs: number } | null = null;
  let asking: Promise<void> | null = null;
  const seen = new Set<string>();
  const renew = async (): Promise<void> => {
    const answer = await ask(true).catch((error: unknown) => {
      throw failureOf(error, 'an installation token', [privateKey, ...seen]);
    });
    const { token, expiresAt } = installationSchema.parse(answer);
    current = { token, expiresMs: Date.parse(expiresAt) };
    seen.add(token);
  };
  const renewOnce = (): Promise<void> => {
    asking ??= renew().finally(() => (asking = null));
    return asking;
  };
  return {
    token: async () => {
      if (current === null || current.expiresMs - nowMs() < renewedBeforeMs) await renewOnce();
      return current?.token ?? '';
    },
    renew: async (refused) => {
      if (current === null || current.token === refused) await renewOnce();
      return true;
    },
    secrets: () => [privateKey, ...seen],
  };
}

/** Libraries say what they could not read, and that must not be shown. */
function refuseOtherThanKey(privateKey: string): void {
  try {
    createPrivateKey(privateKey);
  } catch {
    throw new HoldfastError('GITHUB_REFUSED', 'The private key of the app is no key in PEM form.');
  }
}

export function tokenKindOf(token: string): TokenKind {
  if (token.startsWith('ghp_') || /^[0-9a-f]{40}$/.test(token)) return 'classic';
  if (token.startsWith('github_pat_')) return 'fine-grained';
  if (token.startsWith('ghs_')) return 'installation';
  return token.startsWith('gho_') || token.startsWith('ghu_') ? 'oauth' : 'unknown';
}

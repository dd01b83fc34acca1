/** Credentials that end, got anew before they do: by one at a time, and for all who ask. */
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';

/** Earlier than AWS's own kit asks for new ones, so that it never asks in vain. */
const renewedBeforeMs = 6 * 60_000;
/** What does not end may still be exchanged, as in a file. */
const keptMs = 5 * 60_000;

export function renewed(obtain: () => Promise<AwsCredentialIdentity>): AwsCredentialIdentityProvider {
  let held: { readonly credentials: AwsCredentialIdentity; readonly gotAtMs: number } | null = null;
  let underWay: Promise<AwsCredentialIdentity> | null = null;

  const endOf = (credentials: AwsCredentialIdentity): number | null => credentials.expiration?.getTime() ?? null;
  const isFresh = (): boolean => {
    if (held === null) return false;
    const end = endOf(held.credentials);
    return end === null ? Date.now() - held.gotAtMs < keptMs : end - Date.now() > renewedBeforeMs;
  };
  const renew = async (): Promise<AwsCredentialIdentity> => {
    try {
      const credentials = await obtain();
      held = { credentials, gotAtMs: Date.now() };
      return credentials;
    } catch (error) {
      // A moment's trouble must not end a run whose credentials still hold.
      if (held !== null && (endOf(held.credentials) ?? 0) > Date.now()) return held.credentials;
      held = null;
      throw error;
    } finally {
      underWay = null;
    }
  };
  return async () => (held !== null && isFresh() ? held.credentials : (underWay ??= renew()));
}

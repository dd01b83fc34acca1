/** When the credential of an AWS account ends, or has to be renewed, as far as is known. Pure. */

const dayMs = 24 * 3_600_000;

export type AccountEnd = {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** False where it goes on: it only gets older than somebody wants. */
  readonly ends: boolean;
};

/** Null where it does not end, or nobody knows. */
export function accountEnd({
  definition: { credentials },
  secretAtMs,
  signedInUntilMs,
}: {
  readonly definition: {
    readonly credentials:
      | { readonly kind: 'keys'; readonly expiresAt: string | null; readonly renewAfterDays: number | null }
      | { readonly kind: 'profile' | 'environment' };
  };
  readonly secretAtMs: number | null;
  readonly signedInUntilMs: number | null;
}): AccountEnd | null {
  if (credentials.kind !== 'keys') return signedInUntilMs === null ? null : { atMs: signedInUntilMs, ends: true };
  const { expiresAt, renewAfterDays } = credentials;
  const end = expiresAt === null ? null : { atMs: Date.parse(expiresAt), ends: true };
  const age =
    renewAfterDays === null || secretAtMs === null ? null : { atMs: secretAtMs + renewAfterDays * dayMs, ends: false };
  if (end === null || age === null) return end ?? age;
  return end.atMs <= age.atMs ? end : age;
}

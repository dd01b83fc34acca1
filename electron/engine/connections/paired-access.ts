/** What a paired site lets this machine in with, kept in the secret store by its location. */
import { z } from 'zod';
import type { SecretStore } from '../platform/secret-store.ts';
import type { BackendAccess } from '../repository/backend/access.ts';

const pairedSchema = z.object({ user: z.string(), fingerprint: z.string(), password: z.string() });
export type PairedAccess = z.infer<typeof pairedSchema>;

/** `location` in its one form, as `wholeLocation` gives it. */
export async function keepPairedAccess(secrets: SecretStore, location: string, paired: PairedAccess): Promise<void> {
  await secrets.write(secretName(location), JSON.stringify(paired));
}

/** Null for a location that this machine has not paired with. */
export async function pairedAccess(secrets: SecretStore | null, location: string): Promise<BackendAccess | null> {
  const text = (await secrets?.read(secretName(location))) ?? null;
  if (text === null) return null;
  const { user, fingerprint, password } = pairedSchema.parse(JSON.parse(text));
  return {
    settings: { user, fingerprint },
    secret: (name) => Promise.resolve(name === 'password' ? password : null),
  };
}

function secretName(location: string): string {
  return `paired site ${location}`;
}

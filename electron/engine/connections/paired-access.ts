/** The password that a paired site lets this machine in with, kept in the secret store by its location. */
import { z } from 'zod';
import type { SecretStore } from '../platform/secret-store.ts';
import type { AccessSettings } from '../../../shared/model/repository-access.ts';

const pairedSchema = z.object({ user: z.string(), fingerprint: z.string(), password: z.string() });
export type PairedAccess = z.infer<typeof pairedSchema>;

/** `location` in its one form, as `wholeLocation` gives it. */
export async function keepPairedAccess(secrets: SecretStore, location: string, paired: PairedAccess): Promise<void> {
  await secrets.write(secretName(location), JSON.stringify(paired));
}

/** Null for a place that was not paired with, and where it would go to another server or as another user. */
export async function pairedPassword(
  secrets: SecretStore | null,
  location: string,
  settings: AccessSettings,
): Promise<string | null> {
  const text = (await secrets?.read(secretName(location))) ?? null;
  if (text === null) return null;
  const { user, fingerprint, password } = pairedSchema.parse(JSON.parse(text));
  return settings.user === user && settings.fingerprint?.toLowerCase() === fingerprint ? password : null;
}

function secretName(location: string): string {
  return `paired site ${location}`;
}

/**
 * A note in the home about its configuration, for two purposes: a command that needs none of it learns so without opening
 * the catalog, and a catalog that was lost is not taken for one that never held anything.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { consoleIdSchema } from '../../../shared/contract/configuration.ts';
import { readSmallFile, writeFileAtomically } from '../platform/atomic-file.ts';

const tenantNoteSchema = z.object({
  /** Whether a repository has ever been given the configuration. */
  saved: z.boolean(),
  /** Whether there may be a change that is not in a repository yet. */
  unsaved: z.boolean(),
  holds: z.number().int().nonnegative(),
});
type TenantNote = z.infer<typeof tenantNoteSchema>;

const noteSchema = z.object({
  version: z.literal(1),
  /** Which console this home is, in the configurations it writes. */
  console: consoleIdSchema,
  tenants: z.record(z.string(), tenantNoteSchema),
});

export type HomeNote = {
  /** Null where the note is damaged. */
  readonly console: string | null;
  /** Those that have one; none where the note is damaged. */
  readonly tenants: readonly string[];
  /** Null for a tenant without a configuration. */
  of(tenant: string): TenantNote | null;
};

const maximumBytes = 1024 * 1024;
/** A damaged note makes nobody believe that there is nothing. */
const fears: TenantNote = { saved: true, unsaved: true, holds: 1 };

/** Null where the home has no configuration. */
export async function readNote(home: string): Promise<HomeNote | null> {
  const text = await readSmallFile(noteFile(home), maximumBytes);
  if (text === null) return null;
  const note = parse(text);
  if (note === null) return { console: null, tenants: [], of: () => fears };
  const tenants = new Map(Object.entries(note.tenants));
  return { console: note.console, tenants: [...tenants.keys()], of: (tenant) => tenants.get(tenant) ?? null };
}

export async function writeNote(home: string, console: string, tenant: string, note: TenantNote): Promise<void> {
  const text = await readSmallFile(noteFile(home), maximumBytes);
  const tenants = { ...(text === null ? null : parse(text)?.tenants), [tenant]: note };
  await writeFileAtomically(noteFile(home), `${JSON.stringify({ version: 1, console, tenants })}\n`);
}

function parse(text: string): z.infer<typeof noteSchema> | null {
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function noteFile(home: string): string {
  return join(home, 'configuration.json');
}

/** What the recovery kit is made of now, and what it was made of when somebody saved it last. */
import { z } from 'zod';
import { kitChanges, kitUrgent, type KitBasis } from '../../../shared/model/kit-basis.ts';
import { evidenceFolder } from '../recovery/evidence/chain-files.ts';
import { readKeyAbout } from '../recovery/evidence/signing-key.ts';
import type { CallContext } from './context.ts';

type Context = Pick<CallContext, 'home' | 'catalog' | 'connections' | 'caller'>;

const markName = 'recovery-kit';
const markSchema = z.object({
  savedAtMs: z.number(),
  basis: z.object({ repositories: z.array(z.string()), sources: z.array(z.string()), key: z.string().nullable() }),
});

export async function noteKitSaved(context: Context, savedAtMs: number): Promise<void> {
  const value = JSON.stringify({ savedAtMs, basis: await basisOf(context) });
  await context.catalog.write('marks.set', context.caller, { name: markName, value });
}

export type KitStanding = {
  /** Null where it never was saved, as far as this catalog knows. */
  readonly savedAtMs: number | null;
  readonly changes: readonly string[];
  /** Of these, what makes the page useless. */
  readonly urgent: readonly string[];
};

export async function kitStanding(context: Context): Promise<KitStanding> {
  const text = await context.catalog.read('marks.get', context.caller, { name: markName });
  const mark = text === null ? null : readMark(text);
  if (mark === null) return { savedAtMs: null, changes: [], urgent: [] };
  const now = await basisOf(context);
  return { savedAtMs: mark.savedAtMs, changes: kitChanges(mark.basis, now), urgent: kitUrgent(mark.basis, now) };
}

async function basisOf({ home, catalog, connections, caller }: Context): Promise<KitBasis> {
  const [all, sources, key] = await Promise.all([
    connections.list(caller),
    catalog.read('registeredSources.list', caller, null),
    readKeyAbout(evidenceFolder(home)),
  ]);
  return {
    repositories: all.map(({ name, location }) => `${name} at ${location}`),
    sources: sources.map(({ name }) => name),
    key: key?.fingerprint ?? null,
  };
}

function readMark(text: string): z.infer<typeof markSchema> | null {
  try {
    return markSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

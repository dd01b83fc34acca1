/** What a screen shows of an incident: whether one is open, and which snapshots are suspect. */
import type { Caller } from '../../../../shared/contract/common.ts';
import type { Incident, Suspect } from '../../../../shared/contract/incidents.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { IncidentRow, SuspectRow } from '../../catalog/incidents.ts';
import { readNote } from '../../configuration/note.ts';

type Request = { readonly catalog: Catalog; readonly home: string };

const shownSuspects = 1000;

export async function incidentState(
  { catalog, home }: Request,
  caller: Caller,
): Promise<{ incidents: Map<string, Incident>; suspects: Map<string, Suspect> }> {
  // A home without a configuration has none, and needs no catalog for that answer.
  if (((await readNote(home))?.of(caller.tenant) ?? null) === null)
    return { incidents: new Map(), suspects: new Map() };
  const [open, suspects] = await Promise.all([
    catalog.read('incidents.open', caller, null),
    catalog.read('incidents.suspects', caller, { limit: shownSuspects }),
  ]);
  return {
    incidents: new Map(open === null ? [] : [['open', presentIncident(open)]]),
    suspects: new Map(suspects.map((row) => [row.snapshot, presentSuspect(row)])),
  };
}

export function presentIncident({ incident, reason, author, sinceMs, endedAtMs, endedBy }: IncidentRow): Incident {
  const endedAt = endedAtMs === null ? null : new Date(endedAtMs).toISOString();
  return { id: incident, reason, author, since: new Date(sinceMs).toISOString(), endedAt, endedBy };
}

export function presentSuspect({ snapshot, source, reason, atMs }: SuspectRow): Suspect {
  return { snapshot, source, reason, at: new Date(atMs).toISOString() };
}

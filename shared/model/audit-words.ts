/** What an audit log may say of what was given to a call: names and ids, of fields that stand here. Never a secret. */

/** Values of everything else are left out. None of these may ever be the name of a secret. */
const told: ReadonlySet<string> = new Set([
  'account',
  'alert',
  'all',
  'bucket',
  'case',
  'connection',
  'drill',
  'dryRun',
  'format',
  'hold',
  'id',
  'incident',
  'job',
  'kind',
  'log',
  'name',
  'overwrite',
  'path',
  'paths',
  'period',
  'plan',
  'prefix',
  'reason',
  'reference',
  'profile',
  'region',
  'role',
  'route',
  'rule',
  'run',
  'selection',
  'selections',
  'site',
  'requestedBy',
  'snapshot',
  'snapshots',
  'source',
  'sources',
  'system',
  'target',
  'tag',
  'to',
  'user',
]);
const maximumLength = 300;
const maximumTold = 20;

/** What a call was about, as far as it may be told. `scrub` takes out of a text what looks like a secret. */
export function auditTargets(input: unknown, scrub: (text: string) => string): Readonly<Record<string, string>> {
  if (typeof input !== 'object' || input === null) return {};
  const targets: Record<string, string> = {};
  for (const [name, value] of Object.entries(input)) {
    const text = name === 'repository' ? repositoryWords(value) : told.has(name) ? words(value) : null;
    if (text !== null) targets[name] = clip(scrub(text));
  }
  return targets;
}

/** Its id or its place, which never holds a secret. */
function repositoryWords(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, location } = value as { id?: unknown; location?: unknown };
  return typeof id === 'string' ? id : typeof location === 'string' ? location : null;
}

/** Of objects, the same fields; of lists, their first ones. */
function words(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const parts = value.slice(0, maximumTold).flatMap((one) => words(one) ?? []);
    const more = value.length > maximumTold ? [`and ${value.length - maximumTold} more`] : [];
    return [...parts, ...more].join(', ');
  }
  if (typeof value !== 'object' || value === null) return null;
  const parts = Object.entries(value).flatMap(([name, part]) => (told.has(name) ? (words(part) ?? []) : []));
  return parts.length === 0 ? null : parts.join(' ');
}

function clip(text: string): string {
  return text.length <= maximumLength ? text : `${text.slice(0, maximumLength - 1)}…`;
}

/** Taking a configuration from a repository into the catalog: this home's own after a loss, another's on a new home. */
import type { Caller } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { HoldCase } from '../../../shared/model/hold-cases.ts';
import { hasAnyCommand } from '../../../shared/model/hooks.ts';
import { hasCommands } from '../../../shared/model/recovery-plans.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { carrySealed, secretsOverview } from '../platform/secrets.ts';
import { withConfigurations, type StoredConfiguration } from '../repository/configuration.ts';
import type { Repository } from '../repository/repository.ts';
import { readConfiguration, type Configuration, type ReadConfiguration } from './document.ts';
import { readNote } from './note.ts';

type Scope = { readonly caller: Caller; readonly home: string; readonly catalog: Catalog };

/** Brings back what this home itself had saved. CONFIGURATION_LOST where the repository does not hold it. */
export async function adoptOwn(scope: Scope, repository: Repository, onNotice: (text: string) => void): Promise<void> {
  const { home, caller } = scope;
  const console = (await readNote(home))?.console ?? null;
  const lost = (why: string) => new HoldfastError('CONFIGURATION_LOST', why);
  if (console === null) throw lost('The catalog has lost the configuration, and the note about it is damaged.');
  const found = await withConfigurations(repository, caller.tenant, (stored) => {
    const own = stored.filter((candidate) => candidate.console === console);
    if (own.length === 0) throw lost('The catalog has lost the configuration, and this repository does not hold it.');
    return newestReadable(own, caller.tenant, onNotice);
  });
  const { replaces, epoch } = found.document;
  await takeIn(scope, found, { console, replaces, epoch });
  const { savedAt, sources, plans } = found.document;
  onNotice(`The catalog did not have the newest configuration; that of ${savedAt} was read from the repository.`);
  if (sources.some(({ commands }) => hasAnyCommand(commands)))
    onNotice('Commands of sources stay disabled until `holdfast source approve`.');
  if (plans.some(({ plan }) => hasCommands(plan)))
    onNotice('Commands of recovery plans stay disabled until `holdfast plan approve`.');
}

/** Whether the repository holds a later document of this home than the catalog knows of. */
export async function hasNewerThan(
  repository: Repository,
  tenant: string,
  console: string,
  savedAtMs: number,
): Promise<boolean> {
  return withConfigurations(repository, tenant, (stored) =>
    Promise.resolve(stored.some((one) => one.console === console && one.savedAtMs > savedAtMs)),
  );
}

/** Of documents, the newest first; what cannot be used is a notice. CONFIGURATION_UNREADABLE where none can. */
export async function newestReadable(
  stored: readonly StoredConfiguration[],
  tenant: string,
  onNotice: (text: string) => void,
): Promise<ReadConfiguration> {
  for (const candidate of stored) {
    try {
      return await readConfiguration(candidate, tenant);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const savedAt = new Date(candidate.savedAtMs).toISOString();
      onNotice(`The configuration of ${savedAt} (snapshot ${candidate.snapshot.slice(0, 8)}) is not usable: ${reason}`);
    }
  }
  const count = stored.length === 1 ? 'One configuration was' : `${stored.length} configurations were`;
  throw new HoldfastError('CONFIGURATION_UNREADABLE', `${count} found, and none could be used.`);
}

/** The documents of each console, newest first; the console that wrote last comes first. */
export function byConsole(stored: readonly StoredConfiguration[]): readonly (readonly StoredConfiguration[])[] {
  const consoles = new Map<string | null, StoredConfiguration[]>();
  for (const one of stored) {
    const own = consoles.get(one.console);
    if (own === undefined) consoles.set(one.console, [one]);
    else own.push(one);
  }
  return [...consoles.values()];
}

export async function takeIn(
  { catalog, caller, home }: Scope,
  { document, others }: ReadConfiguration,
  {
    console,
    replaces,
    epoch,
  }: { readonly console: string; readonly replaces: readonly string[]; readonly epoch: number },
): Promise<void> {
  const secrets = await secretsOverview(home, caller.tenant);
  const { names } = document.credentials;
  // A later configuration must not lack what nobody has opened yet.
  if (names.length > 0 && secrets.credentials.length === 0 && secrets.recovery === null)
    await carrySealed(home, caller.tenant, document.credentials);
  await catalog.write('configuration.takeIn', caller, {
    console,
    replaces,
    epoch,
    others,
    savedAtMs: Date.parse(document.savedAt),
    sources: document.sources.map(({ addedAt, addedBy, ...definition }) => ({
      definition,
      actor: addedBy,
      addedAtMs: Date.parse(addedAt),
    })),
    awsAccounts: document.awsAccounts.map(
      ({ addedAt, addedBy, changedAt, changedBy, secretAt, identity, ...definition }) => ({
        definition,
        addedBy,
        addedAtMs: Date.parse(addedAt),
        changedBy,
        changedAtMs: Date.parse(changedAt),
        secretAtMs: secretAt === null ? null : Date.parse(secretAt),
        identity,
      }),
    ),
    settings: document.settings,
    holds: document.holds.map(({ since, ...hold }) => ({ ...hold, sinceMs: Date.parse(since) })),
    cases: document.cases.map(caseFromDocument),
    profiles: document.profiles.map(({ id, createdAt, createdBy, updatedAt, since, ...definition }) => ({
      profile: id,
      definition,
      since: Object.fromEntries(Object.entries(since).map(([period, at]) => [period, Date.parse(at)])),
      author: createdBy,
      createdAtMs: Date.parse(createdAt),
      updatedAtMs: Date.parse(updatedAt),
    })),
    assignments: document.assignments
      .filter(({ profile }) => document.profiles.some(({ id }) => id === profile))
      .map(({ assignedAt, assignedBy, ...assignment }) => ({
        ...assignment,
        author: assignedBy,
        assignedAtMs: Date.parse(assignedAt),
      })),
    sites: document.sites.map(({ addedAt, addedBy, ...definition }) => ({
      definition,
      author: addedBy,
      addedAtMs: Date.parse(addedAt),
    })),
    syncRules: document.syncRules.map(({ id, addedAt, addedBy, ...definition }) => ({
      rule: id,
      definition,
      author: addedBy,
      addedAtMs: Date.parse(addedAt),
    })),
    standbys: document.standbys.map(({ addedAt, addedBy, ...definition }) => ({
      definition,
      author: addedBy,
      addedAtMs: Date.parse(addedAt),
    })),
    plans: document.plans.map(({ plan, version, savedAt, savedBy }) => ({
      plan,
      version,
      author: savedBy,
      savedAtMs: Date.parse(savedAt),
    })),
    subscriptions: document.subscriptions.map(({ addedAt, addedBy, ...definition }) => ({
      definition,
      author: addedBy,
      addedAtMs: Date.parse(addedAt),
      // What came round while there was no such home is not made up for.
      sinceMs: Date.now(),
      answeredMs: null,
    })),
    incident:
      document.incident === null ? null : { ...document.incident, sinceMs: Date.parse(document.incident.since) },
  });
}

export function caseFromDocument({
  openedAt,
  openedBy,
  reviewAt,
  closed,
  ...one
}: Configuration['cases'][number]): HoldCase {
  return {
    ...one,
    author: openedBy,
    openedAtMs: Date.parse(openedAt),
    reviewAtMs: reviewAt === null ? null : Date.parse(reviewAt),
    closed:
      closed === null
        ? null
        : { by: closed.by, reason: closed.reason, atMs: Date.parse(closed.at), endsAtMs: Date.parse(closed.endsAt) },
  };
}

/**
 * Changes of the console's own configuration: made in the catalog, then written to the repository in the same call. What
 * cannot be written there is kept and written with the next change or run.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Caller } from '../../../shared/contract/common.ts';
import type { Saved } from '../../../shared/contract/configuration.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ConfigurationState } from '../catalog/configuration.ts';
import { secretsOverview } from '../platform/secrets.ts';
import { saveConfiguration, type ConfigurationCompany } from '../repository/configuration.ts';
import type { Repository } from '../repository/repository.ts';
import { adoptOwn, hasNewerThan } from './adopt.ts';
import type { Configuration } from './document.ts';
import { inTurn } from './in-turn.ts';
import { readNote, writeNote } from './note.ts';

export type ConfigurationScope = {
  readonly caller: Caller;
  readonly home: string;
  readonly catalog: Catalog;
  /** What goes along with the configuration; without it, nothing does. */
  readonly evidence?: ConfigurationCompany;
};

export type OpenRepository = () => Promise<Repository>;

/** What `change` throws leaves everything as it was. CONFIGURATION_LOST where the catalog was lost. */
export async function changeConfiguration<Result>(
  scope: ConfigurationScope,
  open: OpenRepository,
  change: () => Promise<Result>,
): Promise<Saved & { readonly result: Result }> {
  return inTurn(scope.catalog, async () => {
    const notices: string[] = [];
    const opening = once(open);
    const { console } = await begin(scope, opening, (text) => notices.push(text));
    // Before the change: were it made and this not, nobody would know that it has to be written.
    await note(scope, console, { unsaved: true });
    const result = await change();
    const saved = await trySaving(scope, opening, (text) => notices.push(text));
    return { result, saved, notices };
  });
}

/** The state of the tenant's configuration: made where there is none, read from the repository where it was lost. */
export async function begin(
  scope: ConfigurationScope,
  open: OpenRepository,
  onNotice: (text: string) => void,
): Promise<ConfigurationState> {
  const { catalog, caller, home } = scope;
  const there = await catalog.read('configuration.state', caller, null);
  if (there !== null) return there;
  const known = await readNote(home);
  if (known?.of(caller.tenant)?.saved === true) await adoptOwn(scope, await open(), onNotice);
  else await catalog.write('configuration.begin', caller, { console: known?.console ?? newConsoleId() });
  return mustHaveState(scope);
}

/** Where the catalog has lost the configuration, reads it from the repository. CONFIGURATION_LOST where it is not there. */
export async function bringBackWhatWasLost(
  scope: ConfigurationScope,
  open: OpenRepository,
  onNotice: (text: string) => void,
): Promise<void> {
  if ((await readNote(scope.home))?.of(scope.caller.tenant)?.saved !== true) return;
  await inTurn(scope.catalog, async () => {
    const { console } = await begin(scope, open, onNotice);
    await note(scope, console, {});
  });
}

/**
 * When the catalog is rebuilt, the newest document of this home wins over what the catalog has: the home may have been
 * brought back from an older copy. Changes that no repository has are written to this one.
 */
export async function rebuildConfiguration(
  scope: ConfigurationScope,
  repository: Repository,
  onNotice: (text: string) => void,
): Promise<void> {
  await bringBackWhatWasLost(scope, () => Promise.resolve(repository), onNotice);
  const known = (await readNote(scope.home))?.of(scope.caller.tenant) ?? null;
  if (known === null) return;
  if (!known.unsaved) {
    await inTurn(scope.catalog, async () => {
      const { console, savedAtMs } = await mustHaveState(scope);
      if (!(await hasNewerThan(repository, scope.caller.tenant, console, savedAtMs))) return;
      await adoptOwn(scope, repository, onNotice);
      await note(scope, console, {});
    });
  }
  await saveWhatIsUnsaved(scope, repository, onNotice);
}

export function newConsoleId(): string {
  return randomBytes(8).toString('hex');
}

/** Writes what is not in the repository yet. True when all is; what went wrong is a notice. */
export async function trySaving(
  scope: ConfigurationScope,
  open: OpenRepository,
  onNotice: (text: string) => void,
): Promise<boolean> {
  try {
    await save(scope, await open());
    return true;
  } catch (error) {
    const { message } = toHoldfastError(error);
    // That it is not saved was noted before the change: what fails here takes nothing away.
    const state = await scope.catalog.read('configuration.state', scope.caller, null).catch(() => null);
    if (state !== null) await note(scope, state.console, { unsaved: true }).catch(() => undefined);
    onNotice(`The configuration is kept here, but not in the repository; the next change or run writes it. ${message}`);
    return false;
  }
}

/** After a run: writes what an earlier change could not. Costs a look at a small file where there is nothing to do. */
export async function saveWhatIsUnsaved(
  scope: ConfigurationScope,
  repository: Repository,
  onNotice: (text: string) => void,
): Promise<void> {
  if ((await readNote(scope.home))?.of(scope.caller.tenant)?.unsaved !== true) return;
  await saveHere(scope, repository, onNotice);
}

/** As `saveWhatIsUnsaved`, also where another repository has it and this one has not. */
export async function saveHere(
  scope: ConfigurationScope,
  repository: Repository,
  onNotice: (text: string) => void,
): Promise<void> {
  await inTurn(scope.catalog, async () => {
    if ((await scope.catalog.read('configuration.state', scope.caller, null)) === null) return;
    await trySaving(scope, () => Promise.resolve(repository), onNotice);
  });
}

async function save(scope: ConfigurationScope, repository: Repository): Promise<void> {
  const { catalog, caller } = scope;
  const { id } = repository.config;
  const state = await mustHaveState(scope);
  const had = await catalog.read('configuration.savedRevision', caller, { repository: id });
  if (had !== state.revision) {
    // A clock that was set back must not make an older document the newest.
    const savedAtMs = Math.max(Date.now(), state.savedAtMs + 1);
    const content = await compose(scope, state, savedAtMs);
    const { console, epoch, replaces } = state;
    const company = scope.evidence ?? null;
    const attached = company === null ? {} : { attached: await company.attach(caller.tenant, id) };
    const document = { savedAtMs, console, epoch, replaces, content, ...attached };
    const saved = await saveConfiguration(repository, caller, document);
    const { revision } = state;
    const { snapshot } = saved;
    await catalog.write('configuration.saved', caller, { repository: id, revision, snapshot, savedAtMs });
    await company?.attached(caller.tenant, id, saved);
  }
  await note(scope, state.console, { saved: true, unsaved: false });
}

export async function compose(
  { catalog, caller, home }: ConfigurationScope,
  { console, replaces, epoch, others }: ConfigurationState,
  savedAtMs: number,
): Promise<Configuration> {
  const [
    sources,
    awsAccounts,
    settings,
    holds,
    cases,
    profiles,
    assignments,
    sites,
    rules,
    standbys,
    plans,
    subscriptions,
    incident,
    secrets,
  ] = await Promise.all([
    catalog.read('registeredSources.list', caller, null),
    catalog.read('awsAccounts.list', caller, null),
    catalog.read('settings.list', caller, null),
    catalog.read('holds.list', caller, null),
    catalog.read('holdCases.list', caller, null),
    catalog.read('profiles.list', caller, null),
    catalog.read('profiles.assignments', caller, null),
    catalog.read('sites.list', caller, null),
    catalog.read('sites.rules', caller, null),
    catalog.read('standbys.list', caller, null),
    catalog.read('recoveryPlans.all', caller, null),
    catalog.read('subscriptions.list', caller, null),
    catalog.read('incidents.open', caller, null),
    secretsOverview(home, caller.tenant),
  ]);
  const sealed = secrets.recovery?.sealed ?? null;
  const names = new Map([...secrets.credentials, ...(secrets.recovery?.names ?? [])].map((one) => [one.name, one]));
  const name = settings.find(({ key }) => key === 'console.name')?.value ?? hostname();
  return {
    ...(JSON.parse(others) as Record<string, unknown>),
    version: 1,
    tenant: caller.tenant,
    savedAt: new Date(savedAtMs).toISOString(),
    console: { id: console, name: String(name) },
    replaces: [...replaces],
    epoch,
    // Approval is of a machine: it does not travel.
    sources: sources.map(({ approved: _approved, ...source }) => source),
    awsAccounts: awsAccounts.map(
      ({ definition, addedBy, addedAtMs, changedBy, changedAtMs, secretAtMs, identity }) => ({
        ...definition,
        addedAt: isoTime(addedAtMs),
        addedBy,
        changedAt: isoTime(changedAtMs),
        changedBy,
        secretAt: secretAtMs === null ? null : isoTime(secretAtMs),
        identity,
      }),
    ),
    settings,
    holds: holds.map(({ sinceMs, ...hold }) => ({ ...hold, since: new Date(sinceMs).toISOString() })),
    cases: cases.map(({ author, openedAtMs, reviewAtMs, closed, sources: of, ...one }) => ({
      ...one,
      sources: [...of],
      openedAt: isoTime(openedAtMs),
      openedBy: author,
      reviewAt: reviewAtMs === null ? null : isoTime(reviewAtMs),
      closed:
        closed === null
          ? null
          : { by: closed.by, reason: closed.reason, at: isoTime(closed.atMs), endsAt: isoTime(closed.endsAtMs) },
    })),
    profiles: profiles.map(({ profile, definition, since, author, createdAtMs, updatedAtMs }) => ({
      ...definition,
      id: profile,
      createdAt: isoTime(createdAtMs),
      createdBy: author,
      updatedAt: isoTime(updatedAtMs),
      since: Object.fromEntries(Object.entries(since).map(([period, atMs]) => [period, isoTime(atMs)])),
    })),
    assignments: assignments.map(({ author, assignedAtMs, ...assignment }) => ({
      ...assignment,
      assignedAt: isoTime(assignedAtMs),
      assignedBy: author,
    })),
    sites: sites.map(({ definition, author, addedAtMs }) => ({
      ...definition,
      addedAt: isoTime(addedAtMs),
      addedBy: author,
    })),
    syncRules: rules.map(({ rule, definition, author, addedAtMs }) => ({
      ...definition,
      id: rule,
      addedAt: isoTime(addedAtMs),
      addedBy: author,
    })),
    standbys: standbys.map(({ definition, author, addedAtMs }) => ({
      ...definition,
      addedAt: isoTime(addedAtMs),
      addedBy: author,
    })),
    plans: plans.map(({ plan, version, author, savedAtMs: atMs }) => ({
      plan,
      version,
      savedAt: isoTime(atMs),
      savedBy: author,
    })),
    subscriptions: subscriptions.map(({ definition, author, addedAtMs }) => ({
      ...definition,
      addedAt: isoTime(addedAtMs),
      addedBy: author,
    })),
    incident:
      incident === null
        ? null
        : { since: new Date(incident.sinceMs).toISOString(), reason: incident.reason, author: incident.author },
    credentials: { names: [...names.values()], sealed },
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

export async function note(
  { catalog, caller, home }: ConfigurationScope,
  console: string,
  news: { readonly saved?: boolean; readonly unsaved?: boolean },
): Promise<void> {
  const before = (await readNote(home))?.of(caller.tenant);
  const saved = news.saved ?? before?.saved ?? false;
  const unsaved = news.unsaved ?? before?.unsaved ?? false;
  const cases = await catalog.read('holdCases.list', caller, null);
  const holds = (await catalog.read('holds.list', caller, null)).length + cases.length;
  if (before?.saved === saved && before.unsaved === unsaved && before.holds === holds) return;
  await writeNote(home, console, caller.tenant, { saved, unsaved, holds });
}

async function mustHaveState({ catalog, caller }: ConfigurationScope): Promise<ConfigurationState> {
  const state = await catalog.read('configuration.state', caller, null);
  if (state !== null) return state;
  throw new HoldfastError('CONFIGURATION_LOST', 'The catalog holds no configuration.');
}

function once(open: OpenRepository): OpenRepository {
  let opened: Promise<Repository> | null = null;
  return () => (opened ??= open());
}

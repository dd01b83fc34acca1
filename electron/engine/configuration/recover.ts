/** Bringing a configuration back on a workstation that has none, or in place of the one it has. */
import { join } from 'node:path';
import type { Recovered } from '../../../shared/contract/configuration.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { PlanVersion } from '../../../shared/contract/plans.ts';
import { hasCommands, type RecoveryPlan } from '../../../shared/model/recovery-plans.ts';
import { hasAnyCommand } from '../../../shared/model/hooks.ts';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import { openSealed, prepareSecrets } from '../platform/secrets.ts';
import { withConfigurations, type AttachedFile, type StoredConfiguration } from '../repository/configuration.ts';
import type { Repository } from '../repository/repository.ts';
import { byConsole, newestReadable, takeIn } from './adopt.ts';
import type { ReadConfiguration } from './document.ts';
import { inTurn } from './in-turn.ts';
import { readNote } from './note.ts';
import { compose, newConsoleId, note, trySaving, type ConfigurationScope } from './save.ts';

export type RecoverRequest = {
  readonly repository: Repository;
  /** Id or name of the console whose configuration is wanted; the newest without it. */
  readonly console: string | undefined;
  readonly replace: boolean;
  readonly dryRun: boolean;
  /** Opens the credentials in the configuration, and the store of this home. */
  readonly credentials: { readonly recoveryPassphrase: string; readonly passphrase: string } | undefined;
};

/** HOME_CONFIGURED, CONFIGURATION_NOT_FOUND, CONFIGURATION_UNREADABLE, WRONG_RECOVERY_PASSPHRASE, WRONG_PASSPHRASE. */
export async function recoverConfiguration(scope: ConfigurationScope, request: RecoverRequest): Promise<Recovered> {
  return inTurn(scope.catalog, async () => {
    const notices: string[] = [];
    const onNotice = (text: string): void => void notices.push(text);
    const here = await configurationHere(scope);
    if (here !== null && !request.replace)
      throw new HoldfastError('HOME_CONFIGURED', `The home ${scope.home} has a configuration of its own.`);
    const found = await choose(scope.caller.tenant, request, onNotice);
    let saved = false;
    const credentials = await prepareCredentials(scope, request, found);
    if (!request.dryRun) {
      if (here !== null) onNotice(`The configuration that was here is kept as ${await setAside(scope.home, here)}.`);
      await takeInHere(scope, found);
      await takeCompany(scope, found, onNotice);
      await credentials?.write();
      saved = await trySaving(scope, () => Promise.resolve(request.repository), onNotice);
    }
    return { ...present(found, credentials?.names ?? []), saved, notices };
  });
}

type Credentials = { readonly names: readonly string[]; write(): Promise<void> };

/** All that can fail about passphrases fails here, before anything is changed. Null where none are to be opened. */
async function prepareCredentials(
  { caller: { tenant }, home }: ConfigurationScope,
  { credentials: given }: RecoverRequest,
  { document }: ReadConfiguration,
): Promise<Credentials | null> {
  const { sealed } = document.credentials;
  if (given === undefined || sealed === null) return null;
  const { credentials, key } = await openSealed(sealed, tenant, given.recoveryPassphrase);
  const names = credentials.map(({ name }) => name);
  // What has the same name here gives way; the recovery passphrase is that of this home from now on.
  const write = await prepareSecrets({
    home,
    tenant,
    passphrase: given.passphrase,
    credentials: (before) => [...before.filter(({ name }) => !names.includes(name)), ...credentials],
    recovery: key,
  });
  return { names, write };
}

/** What would be replaced; null for a home without sources, AWS accounts, settings, holds, profiles, plans and credentials. */
async function configurationHere(scope: ConfigurationScope): Promise<Record<string, unknown> | null> {
  const state = await scope.catalog.read('configuration.state', scope.caller, null);
  if (state === null) return null;
  const document = await compose(scope, state, Date.now());
  const { sources, awsAccounts, settings, holds, profiles, plans, credentials } = document;
  const parts = [sources, awsAccounts, settings, holds, profiles, plans, credentials.names];
  return parts.every((part) => part.length === 0) ? null : document;
}

async function setAside(home: string, document: Record<string, unknown>): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(/[-:.]/g, '');
  const file = join(home, `configuration-replaced-${stamp}.json`);
  await writeFileAtomically(file, `${JSON.stringify(document, null, 2)}\n`);
  return file;
}

/** `newestEpoch`: of all there are, whoever wrote them. */
type Found = ReadConfiguration & { readonly newestEpoch: number; readonly files: readonly AttachedFile[] };

async function choose(
  tenant: string,
  { repository, console }: RecoverRequest,
  onNotice: (text: string) => void,
): Promise<Found> {
  return withConfigurations(repository, tenant, async (stored, unreadable) => {
    if (unreadable.length > 0) {
      const count = unreadable.length === 1 ? 'One snapshot' : `${unreadable.length} snapshots`;
      onNotice(`${count} could not be read; a newer configuration may be among them. See \`holdfast check\`.`);
    }
    if (stored.length === 0) {
      const where = repository.backend.location;
      throw new HoldfastError('CONFIGURATION_NOT_FOUND', `The repository at ${where} holds no configuration.`);
    }
    const found = await (console === undefined
      ? chooseNewest(tenant, byConsole(stored), onNotice)
      : chooseNamed(tenant, byConsole(stored), console, onNotice));
    const files = await found.stored.attached().catch((error: unknown) => {
      onNotice(`What was recorded as evidence could not be read there. ${toHoldfastError(error).message}`);
      return [];
    });
    return { ...found, files, newestEpoch: Math.max(...stored.map(({ epoch }) => epoch)) };
  });
}

/** A console of which nothing is readable gives way to the next one. */
async function chooseNewest(
  tenant: string,
  consoles: readonly (readonly StoredConfiguration[])[],
  onNotice: (text: string) => void,
): Promise<ReadConfiguration> {
  let fault: unknown;
  for (const own of consoles) {
    try {
      const found = await newestReadable(own, tenant, onNotice);
      tellOfOthers(found, consoles, onNotice);
      return found;
    } catch (error) {
      fault ??= error;
    }
  }
  throw fault;
}

function tellOfOthers(
  { document }: ReadConfiguration,
  consoles: readonly (readonly StoredConfiguration[])[],
  onNotice: (text: string) => void,
): void {
  const gone = new Set<string | null>([document.console.id, ...document.replaces]);
  for (const [newest] of consoles) {
    if (newest === undefined || newest.console === null || gone.has(newest.console)) continue;
    const savedAt = new Date(newest.savedAtMs).toISOString();
    onNotice(
      `The repository also holds the configuration of another console: --console ${newest.console} ` +
        `(${newest.hostname}, ${savedAt}).`,
    );
  }
}

async function chooseNamed(
  tenant: string,
  consoles: readonly (readonly StoredConfiguration[])[],
  name: string,
  onNotice: (text: string) => void,
): Promise<ReadConfiguration> {
  for (const own of consoles) {
    if (own[0]?.console === name) return newestReadable(own, tenant, onNotice);
  }
  for (const own of consoles) {
    const found = await newestReadable(own, tenant, onNotice).catch(() => null);
    if (found?.document.console.name === name) return found;
  }
  throw new HoldfastError('CONFIGURATION_NOT_FOUND', `The repository holds no configuration of a console ${name}.`);
}

/** From here on this home writes it under its own name, and what it was read from no longer counts. */
async function takeInHere(scope: ConfigurationScope, found: Found): Promise<void> {
  const console = (await readNote(scope.home))?.console ?? newConsoleId();
  const { document } = found;
  const replaces = [...new Set([...document.replaces, document.console.id])].filter((id) => id !== console);
  await note(scope, console, { unsaved: true });
  // Whoever of these comes back finds that it has to give way.
  await takeIn(scope, found, { console, replaces, epoch: found.newestEpoch + 1 });
}

/** What the other console has recorded comes along; that it cannot be read keeps nobody from going on. */
async function takeCompany(
  { evidence, caller }: ConfigurationScope,
  { files }: Found,
  onNotice: (text: string) => void,
): Promise<void> {
  try {
    await evidence?.takeOver(caller.tenant, files);
  } catch (error) {
    onNotice(
      `The evidence that was kept with the configuration could not be taken over. ${toHoldfastError(error).message}`,
    );
  }
}

/** Versions of one plan stand after each other, oldest first. */
function newestOfEach(plans: readonly PlanVersion[]): readonly RecoveryPlan[] {
  return [...new Map(plans.map(({ plan }) => [plan.name, plan])).values()];
}

function present(
  { stored, document }: ReadConfiguration,
  recovered: readonly string[],
): Omit<Recovered, 'saved' | 'notices'> {
  const { console, savedAt, sources, awsAccounts, settings, holds, profiles, sites } = document;
  const names = document.credentials.names.map(({ name }) => name);
  return {
    snapshot: stored.snapshot,
    savedAt,
    console,
    sources: sources.map(({ name }) => name),
    toApprove: sources.filter(({ commands }) => hasAnyCommand(commands)).map(({ name }) => name),
    awsAccounts: awsAccounts.map(({ name, credentials, endpoint }) => ({
      name,
      lacksSecret: credentials.kind === 'keys',
      toApprove: credentials.kind === 'profile' || endpoint !== null,
    })),
    settings: settings.length,
    holds: holds.length,
    profiles: profiles.map(({ name }) => name),
    sites: sites.map(({ name }) => name),
    plans: newestOfEach(document.plans).map((plan) => ({ name: plan.name, toApprove: hasCommands(plan) })),
    credentials: { recovered: [...recovered], toEnter: names.filter((name) => !recovered.includes(name)) },
    sealed: document.credentials.sealed !== null,
  };
}

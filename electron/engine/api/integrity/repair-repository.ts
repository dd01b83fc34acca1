/** A repair with all that this console can fetch from: other connected repositories, the source here, copies in the home. */
import type { RepairReport } from '../../../../shared/contract/integrity.ts';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import { toHoldfastError, type HoldfastError } from '../../../../shared/model/errors.ts';
import { liveFile } from '../../integrity/live-files.ts';
import type { Voice } from '../../jobs/voice.ts';
import { QuarantineFolder, quarantineFolder } from '../../repository/repair/quarantine.ts';
import { repairRepository, type RepairOutcome, type Replica } from '../../repository/repair/repair.ts';
import { keptFolder, Safekeeping } from '../../repository/repair/safekeeping.ts';
import type { Suspects } from '../../repository/repair/survey.ts';
import type { Repository } from '../../repository/repository.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { knownSites, openSite } from '../site-access.ts';
import { keepEvidence } from '../evidence/keep-evidence.ts';
import { repairDraft } from './repair-evidence.ts';
import { asDamage } from './scrub-repository.ts';

export type RepairCall = {
  readonly repository: Repository;
  readonly suspects: Suspects | null;
  readonly dryRun: boolean;
  readonly bringBack: boolean;
  /** Asked after those that are connected. */
  readonly from?: readonly RepositoryAccess[];
};

const waitMs = 60_000;

export async function repairNow(context: CallContext, call: RepairCall, voice: Voice): Promise<RepairReport> {
  const { home, catalog, caller } = context;
  const { repository, dryRun } = call;
  const { id } = repository.config;
  const startedAtMs = context.nowMs();
  const kept = new Safekeeping(keptFolder(home, id));
  const silent: string[] = [];
  const connected = await replicasOf(context, repository, (name, { message }) => {
    silent.push(name);
    voice.onNotice(`${name} holds copies and cannot be asked: ${message}`);
  });
  const outcome = await repairRepository({
    ...voice,
    ...call,
    replicas: [...connected, ...(await named(context, call.from ?? []))],
    kept,
    quarantine: new QuarantineFolder(quarantineFolder(home, id)),
    liveFile,
    waitMs,
  });
  if (silent.length > 0 && outcome.losses.count > 0)
    voice.onNotice(
      `What is called lost is in no place that could be asked. ${silent.join(', ')} may have it: repair again then.`,
    );
  const report = present(outcome);
  if (dryRun) return report;
  const endedAtMs = context.nowMs();
  const left = leftOver(outcome);
  if (isWorthNoting(outcome) || left.length > 0) {
    await catalog.write('integrity.repaired', caller, {
      repository: id,
      endedAtMs,
      outcome: JSON.stringify(report),
      unrepaired: outcome.losses.count + outcome.lostFiles.length,
      left: left.map(asDamage(endedAtMs)),
    });
    const { location } = repository.backend;
    const times = { startedAtMs, endedAtMs };
    await context.evidence.record(repairDraft({ caller, repository: { id, location }, ...times, report }));
    await keepEvidence(context);
  }
  if (left.length === 0) await kept.keep(repository);
  return report;
}

function isWorthNoting({ files, lostFiles, losses, fetched }: RepairOutcome): boolean {
  return files.length + lostFiles.length + losses.count + fetched.length > 0;
}

/** What is damaged still: what nobody had, and what waits for others to leave the repository. */
function leftOver({ files, lostFiles, losses, postponed }: RepairOutcome): { path: string; message: string }[] {
  const waiting = files
    .filter(({ whole }) => !whole || postponed !== null)
    .map(({ path, fault, whole }) => {
      return { path, message: whole ? `${fault} What it held is stored anew; it is to be taken out.` : fault };
    });
  const lost = losses.items.map(({ snapshot, path }) => {
    return { path: `${snapshot.slice(0, 8)}:${path}`, message: 'Part of it is in no repository that could be asked.' };
  });
  return [...waiting, ...lostFiles, ...lost];
}

async function named(context: CallContext, from: readonly RepositoryAccess[]): Promise<readonly Replica[]> {
  const replicas: Replica[] = [];
  for (const access of from) {
    const repository = await openAccess(context, access);
    replicas.push({ name: repository.backend.location, repository });
  }
  return replicas;
}

/** Other repositories of the tenant that can be opened: those of sites first, in their order. */
export async function replicasOf(
  context: CallContext,
  { config, backend }: Repository,
  onSilent: (name: string, why: HoldfastError) => void = () => undefined,
): Promise<readonly Replica[]> {
  const { connections, caller } = context;
  // Also where the configuration is lost, what can be reached is used.
  const sites = await knownSites(context).catch(() => []);
  const rankOf = (repository: string): number => {
    const rank = sites.findIndex(({ definition }) => definition.repository === repository);
    return rank < 0 ? sites.length : rank;
  };
  const all = (await connections.list(caller)).toSorted((a, b) => rankOf(a.repository) - rankOf(b.repository));
  const replicas: Replica[] = [];
  for (const { id, name, repository, location } of all) {
    if (repository === config.id && location === backend.location) continue;
    const site = sites.find(({ definition }) => definition.repository === repository);
    try {
      const opened = site === undefined ? connections.open(caller, { id }) : openSite(context, site);
      replicas.push({ name: site?.definition.name ?? name, repository: await opened });
    } catch (error) {
      // Locked, or out of reach: the others are asked.
      onSilent(site?.definition.name ?? name, toHoldfastError(error));
    }
  }
  return replicas;
}

function present(outcome: RepairOutcome): RepairReport {
  const { losses } = outcome;
  return {
    ...outcome,
    files: [...outcome.files],
    fetched: [...outcome.fetched],
    lostFiles: [...outcome.lostFiles],
    remaining: [...outcome.remaining],
    losses: { ...losses, items: [...losses.items], snapshots: [...losses.snapshots] },
  };
}

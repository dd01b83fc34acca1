import { setImmediate } from 'node:timers/promises';
import type { LockedPlace, LockProof, SourceCompliance } from '../../../../shared/contract/compliance.ts';
import { complianceOf, defaultTarget, type SourceFactsOf } from '../../../../shared/model/compliance.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { StoreLocks } from '../../../../shared/model/storage.ts';
import { lockProofMark } from '../../catalog/integrity.ts';
import { changeConfiguration } from '../../configuration/save.ts';
import { machineZone } from '../../platform/machine-zone.ts';
import { openAccess } from '../access.ts';
import { handlers, type CallContext } from '../context.ts';
import { keepEvidence } from '../evidence/keep-evidence.ts';
import { isConfigured } from '../is-configured.ts';
import { isoTime, timeOf } from '../present-site.ts';
import { knownStores, type KnownStore } from '../storage/store-facts.ts';
import { nativeLocks } from './native-locks.ts';
import { proofDraft } from './proof-evidence.ts';
import { readProof, sourceFacts } from './source-facts.ts';
import { verifyLocks } from './verify-locks.ts';

export const complianceHandlers = {
  report: handlers.compliance.report.handler(async ({ input: { source }, context }) => {
    const nowMs = context.nowMs();
    const all = (await isConfigured(context)) ? await sourceFacts(context) : [];
    const wanted = source === undefined ? all : all.filter((one) => one.source === source);
    if (source !== undefined && wanted.length === 0)
      throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${source}.`);
    const profiles = await context.catalog.read('profiles.list', context.caller, null);
    const idOf = new Map(profiles.map(({ profile, definition }) => [definition.name, profile]));
    return { at: isoTime(nowMs), sources: await presentSources(wanted, idOf, nowMs) };
  }),
  setTarget: handlers.compliance.setTarget.handler(async ({ input: { repository, profile, target }, context }) => {
    const { catalog, caller, nowMs } = context;
    const { result: _result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, repository),
      () => catalog.write('profiles.setCopies', caller, { profile, copies: target, atMs: nowMs() }),
    );
    context.live.changed(caller.tenant);
    return saved;
  }),
  places: handlers.compliance.places.handler(async ({ context }) => {
    const stores = await knownStores(context, await context.connections.list(context.caller), context.nowMs());
    const places = await Promise.all(stores.map((store) => presentPlace(context, store)));
    return { places, natives: await nativeLocks(context) };
  }),
  verify: handlers.compliance.verify.handler(async ({ input, context }) => {
    const stores = await knownStores(context, await context.connections.list(context.caller), context.nowMs());
    const store = stores.find(({ id }) => id === input.connection);
    if (store === undefined)
      throw new HoldfastError('CONNECTION_UNKNOWN', `No repository is connected as ${input.connection}.`);
    await verify(context, store);
    return presentPlace(context, store);
  }),
};

async function verify(context: CallContext, { connection, name }: KnownStore): Promise<void> {
  const { catalog, caller, evidence, nowMs } = context;
  const startedAtMs = nowMs();
  const repository = await openAccess(context, { id: connection.id });
  const { id } = repository.config;
  const probeMark = `lock probe ${id}`;
  const before = await catalog.read('marks.get', caller, { name: probeMark });
  const { probe, ...found } = await verifyLocks(repository, before === '' ? null : before);
  await catalog.write('marks.set', caller, { name: probeMark, value: probe ?? '' });
  const endedAtMs = nowMs();
  const proof: Omit<LockProof, 'record'> = { ...found, at: isoTime(endedAtMs), by: caller.actor };
  const about = { caller, repository: id, name, location: connection.location, startedAtMs, endedAtMs };
  const record = await evidence.record(proofDraft(about, proof));
  await keepEvidence(context);
  const value = JSON.stringify({ ...proof, record } satisfies LockProof);
  await catalog.write('marks.set', caller, { name: lockProofMark(id), value });
}

/** Sources are many, and none may keep others waiting. */
export async function presentSources(
  sources: readonly SourceFactsOf[],
  idOf: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<SourceCompliance[]> {
  const presented: SourceCompliance[] = [];
  for (const source of sources) {
    presented.push(presentSource(source, idOf, nowMs));
    await setImmediate();
  }
  return presented;
}

function presentSource(source: SourceFactsOf, idOf: ReadonlyMap<string, string>, nowMs: number): SourceCompliance {
  const own = source.profile?.definition.copies ?? null;
  const { target, verdict, findings, kept } = complianceOf(source, own ?? defaultTarget, {
    nowMs,
    zone: machineZone(),
  });
  const { periods, snapshots, oldestMs, newestMs, lockedUntil } = kept;
  const { profile } = source;
  return {
    source: source.source,
    profile: profile === null ? null : { id: idOf.get(profile.name) ?? '', name: profile.name },
    target,
    targetFrom: own === null ? 'default' : 'profile',
    verdict,
    findings: findings.map((finding) => ({ ...finding, evidence: [...finding.evidence] })),
    kept: {
      periods: periods.map((period) => ({ ...period, gaps: period.gaps.map(isoTime) })),
      snapshots,
      oldestAt: timeOf(oldestMs),
      newestAt: timeOf(newestMs),
      lockedUntil: typeof lockedUntil === 'number' ? isoTime(lockedUntil) : lockedUntil,
    },
  };
}

async function presentPlace(context: CallContext, store: KnownStore): Promise<LockedPlace> {
  const { connection, name, site, locks } = store;
  return {
    connection: connection.id,
    name,
    site: site !== null,
    location: connection.location,
    by: locks?.by ?? 'none',
    mode: locks?.by === 'store' ? locks.mode : null,
    days: locks?.by === 'store' ? locks.days : null,
    words: worthOf(locks),
    proof: await readProof(context, connection.repository),
  };
}

/** What a lock is worth: who can get around it. */
function worthOf(locks: StoreLocks | null): string {
  switch (locks?.by) {
    case undefined:
      return 'Nothing keeps what is stored here from being removed.';
    case 'store':
      return locks.mode === 'compliance'
        ? `Enforced by the store: nobody removes a file within ${locks.days} days, not even the owner of the account.`
        : `Enforced by the store for ${locks.days} days; whoever has the right to bypass governance gets around it.`;
    case 'server':
      return 'Enforced by its server: nothing is removed from here. Whoever runs the server can.';
    case 'console':
      return 'A promise of this console alone: whoever has its password and another tool can remove it.';
  }
}

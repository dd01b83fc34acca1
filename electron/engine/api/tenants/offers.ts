import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Offer } from '../../../../shared/contract/offers.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { offerState, ownerTenant } from '../../../../shared/model/tenants.ts';
import type { Voice } from '../../jobs/voice.ts';
import { encodeFact, readFact } from '../../repository/format/snapshot.ts';
import { asProgress } from '../../sites/send-batch.ts';
import type { OfferRow } from '../../tenants/tenants.ts';
import { openAccess, repositoryUse } from '../access.ts';
import { handlers, type CallContext } from '../context.ts';
import { findSnapshot } from '../find-snapshot.ts';
import { isoTime, timeOf } from '../present-site.ts';
import { noteQuietly } from '../site-upkeep.ts';
import { streamJob } from '../stream-job.ts';

type Copied = { readonly offer: Offer; readonly snapshot: string };

/** What a copy says of itself as the original did; the rest is about runs, profiles and locks of somebody else. */
const keptFacts = ['status', 'incomplete', 'mount-point', 'suspect', 'consistency', 'consistency-problem'] as const;

export const offersHandlers = {
  add: handlers.offers.add.handler(async ({ input, context }) => {
    const { tenants, caller } = context;
    const { tenant, repository: access, note, lifetimeMs } = input;
    const { state } = await tenants.find(tenant);
    if (state !== 'active') throw new HoldfastError('TENANT_CLOSED', `The tenant ${tenant} is ${state}.`);
    const connection = await connectionOf(context, access);
    const { snapshot } = await findSnapshot(context, await openAccess(context, access), input);
    const offeredAtMs = Date.now();
    const row: OfferRow = {
      id: randomBytes(8).toString('hex'),
      tenant,
      connection,
      snapshot: snapshot.id,
      source: sourceOf(snapshot.file.tags),
      takenAtMs: Date.parse(snapshot.file.time),
      note,
      offeredBy: caller.actor,
      offeredAtMs,
      expiresAtMs: offeredAtMs + lifetimeMs,
      withdrawnAtMs: null,
      copiedAtMs: null,
      copy: null,
    };
    await tenants.addOffer(row);
    return { offer: present(row) };
  }),
  list: handlers.offers.list.handler(async ({ context: { tenants, bounds, caller } }) => ({
    offers: (await tenants.offers(bounds.isOwner ? null : caller.tenant)).map(present),
  })),
  withdraw: handlers.offers.withdraw.handler(async ({ input, context: { tenants } }) => {
    refuseOver(await tenants.offer(null, input.offer));
    return { offer: present(await tenants.changeOffer(input.offer, { withdrawnAtMs: Date.now() })) };
  }),
  request: handlers.offers.request.handler(async function* ({ input, context, signal }) {
    const row = await context.tenants.offer(context.caller.tenant, input.offer);
    refuseOver(row);
    const offered = (await context.connections.list({ tenant: ownerTenant, actor: 'engine' })).find(
      ({ id }) => id === row.connection,
    );
    const request = {
      kind: 'offer',
      alsoReads: offered === undefined ? [] : [offered.location],
      title: `${row.source} of ${isoTime(row.takenAtMs).slice(0, 16).replace('T', ' ')} UTC`,
      priority: 'normal' as const,
      repository: await repositoryUse(context, input.repository, 'write'),
      detach: input.detach,
      judge: ({ snapshot }: Copied) => ({ state: 'done' as const, summary: `Copied as ${snapshot.slice(0, 8)}.` }),
    };
    yield* streamJob<Copied>({ context, signal }, request, (voice) => copy(context, row, input.repository, voice));
  }),
};

/** It is opened later, when nobody is there to type its password. BAD_USAGE. */
async function connectionOf(
  { connections, caller }: CallContext,
  access: Parameters<typeof openAccess>[1],
): Promise<string> {
  if ('id' in access) return access.id;
  const location = await connections.locate(caller, access);
  const found = (await connections.list(caller)).find((one) => one.location === location);
  if (found !== undefined) return found.id;
  throw new HoldfastError('BAD_USAGE', 'A snapshot is offered from a repository that is connected.');
}

async function copy(
  context: CallContext,
  { id, tenant, connection, snapshot }: OfferRow,
  access: Parameters<typeof openAccess>[1],
  voice: Voice,
): Promise<Copied> {
  const { tenants, connections, home, live } = context;
  const to = await openAccess(context, access);
  const from = await openOffered(
    connections.open({ tenant: ownerTenant, actor: context.caller.actor }, { id: connection }),
  );
  const { copySnapshots } = await import('../../repository/copy/copy-snapshots.ts');
  const { outcomes } = await copySnapshots({
    from,
    to,
    snapshots: [snapshot],
    signal: voice.signal,
    memory: join(home, 'cache', 'sync'),
    keptTags: (tags) => tags.filter((tag) => keptFacts.some((fact) => tag.startsWith(`holdfast:${fact}=`))),
    // A name that no source of the tenant can have: it must not pass for a snapshot of one.
    tags: (_id, tags) => [
      encodeFact('tenant', tenant),
      encodeFact('actor', context.caller.actor),
      encodeFact('source', `${sourceOf(tags)} (offered)`),
    ],
    onNotice: () => undefined,
    onProgress: (progress) => voice.onProgress(asProgress(progress, 0)),
    onSnapshot: () => undefined,
  });
  const [outcome] = outcomes;
  // What is wrong with the operator's own repository is nobody else's to know.
  if (outcome === undefined || outcome.state === 'failed') throw notToBeHad();
  // It may have been withdrawn meanwhile: what is here is here, and is written down.
  const row = await tenants.changeOffer(id, { copiedAtMs: Date.now(), copy: outcome.copy });
  await noteQuietly(context, to, voice);
  live.changed(tenant);
  return { offer: present(row), snapshot: outcome.copy };
}

/** Where it lies, and why it cannot be opened, stays with the operator. */
async function openOffered<Opened>(opening: Promise<Opened>): Promise<Opened> {
  return opening.catch(() => {
    throw notToBeHad();
  });
}

function notToBeHad(): HoldfastError {
  return new HoldfastError('OFFER_OVER', 'The snapshot cannot be had from the operator at the moment.');
}

/** OFFER_OVER. */
function refuseOver(row: OfferRow): void {
  const state = offerState(row, Date.now());
  if (state !== 'open') throw new HoldfastError('OFFER_OVER', `The offer ${row.id} is ${state}.`);
}

function sourceOf(tags: readonly string[]): string {
  return (readFact(tags, 'source') ?? 'Snapshot').slice(0, 150);
}

function present(row: OfferRow): Offer {
  const { id, tenant, snapshot, source, takenAtMs, note, offeredAtMs, expiresAtMs, copiedAtMs, copy: copied } = row;
  return {
    id,
    tenant,
    snapshot,
    source,
    takenAt: isoTime(takenAtMs),
    note,
    state: offerState(row, Date.now()),
    offeredAt: isoTime(offeredAtMs),
    expiresAt: isoTime(expiresAtMs),
    copiedAt: timeOf(copiedAtMs),
    copy: copied,
  };
}

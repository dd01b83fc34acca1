import { hostname } from 'node:os';
import type { SiteInvitation, SiteUser } from '../../../shared/contract/site-server.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { keepPairedAccess } from '../connections/paired-access.ts';
import { pairWith } from '../sites/server/pair-with.ts';
import { isAddress, readPairingCode, writePairingCode } from '../sites/server/pairing-code.ts';
import type { SiteAddress } from '../sites/server/site-door.ts';
import type { InvitationRow, SiteUserRow } from '../sites/server/site-file.ts';
import type { SiteServer } from '../sites/server/site-server.ts';
import { handlers } from './context.ts';
import { leasesHandlers } from './leases.ts';

export const siteServerHandlers = {
  leases: leasesHandlers,
  status: handlers.siteServer.status.handler(({ context: { siteServer } }) => {
    const { address } = siteServer;
    if (address === null) return { address: null };
    const { sinceMs, ...rest } = address;
    return { address: { ...rest, since: iso(sinceMs) } };
  }),
  users: handlers.siteServer.users.handler(async ({ context: { siteServer, caller } }) => {
    const rows = await siteServer.users.list(caller);
    return { users: await Promise.all(rows.map((row) => present(siteServer, row))) };
  }),
  add: handlers.siteServer.add.handler(async ({ input, context: { siteServer, caller } }) => {
    const { row, password } = await siteServer.users.add(caller, input);
    return { user: await present(siteServer, row), password, path: `/${row.name}/` };
  }),
  update: handlers.siteServer.update.handler(async ({ input, context: { siteServer, caller } }) => {
    const { name, appendOnly, quotaBytes, lease } = input;
    const terms = {
      ...(appendOnly !== undefined && { appendOnly }),
      ...(quotaBytes !== undefined && { quotaBytes }),
      ...(lease !== undefined && { lease }),
    };
    return present(siteServer, await siteServer.users.set(caller, name, terms));
  }),
  remove: handlers.siteServer.remove.handler(async ({ input, context: { siteServer, caller } }) =>
    present(siteServer, await siteServer.users.remove(caller, input.name)),
  ),
  invite: handlers.siteServer.invite.handler(async ({ input, context: { siteServer, caller } }) => {
    const { lifetimeMs, address: given, ...terms } = input;
    const { address, fingerprint } = reachableAt(siteServer, given);
    const { row, secret } = await siteServer.users.invite(caller, terms, lifetimeMs);
    return { invitation: presentInvitation(row), code: writePairingCode({ address, fingerprint, secret }), address };
  }),
  invitations: handlers.siteServer.invitations.handler(async ({ context: { siteServer, caller } }) => ({
    invitations: (await siteServer.users.invitations(caller)).map(presentInvitation),
  })),
  revoke: handlers.siteServer.revoke.handler(async ({ input, context: { siteServer, caller } }) =>
    presentInvitation(await siteServer.users.revoke(caller, input.invitation)),
  ),
  readCode: handlers.siteServer.readCode.handler(({ input: { code } }) => {
    const { address, fingerprint } = readPairingCode(code);
    return { address, fingerprint };
  }),
  pair: handlers.siteServer.pair.handler(async ({ input, context: { secrets } }) => {
    if (secrets === null)
      throw new HoldfastError('NO_SECRET_STORE', 'This engine has no place where the password could be kept.');
    // A store that cannot be opened must not cost the code.
    await secrets.read('paired site');
    const { location, user, password, fingerprint, appendOnly, quotaBytes } = await pairWith(input.code);
    await keepPairedAccess(secrets, location, { user, password, fingerprint });
    return { location, settings: { user, fingerprint }, appendOnly, quotaBytes };
  }),
};

/** What a code tells of this server. SITE_SERVER_OFF, TLS_REQUIRED. */
function reachableAt(
  { address }: SiteServer,
  given: string | undefined,
): { readonly address: string; readonly fingerprint: string } {
  if (address === null) throw new HoldfastError('SITE_SERVER_OFF', 'This engine does not serve its home as a site.');
  const { fingerprint } = address;
  if (fingerprint === null) {
    const what = 'A code names the certificate of the server, and this one is served without TLS.';
    throw new HoldfastError('TLS_REQUIRED', what);
  }
  if (given === undefined) return { address: ownAddress(address), fingerprint };
  const whole = /:\d+$/.test(given) ? given : `${given}:${address.port}`;
  if (!isAddress(whole)) throw new HoldfastError('BAD_USAGE', `${given} is not a host, or a host and a port.`);
  return { address: whole, fingerprint };
}

/** The name of this machine where it listens at all of its addresses. */
function ownAddress({ host, port }: SiteAddress): string {
  const name = host === '0.0.0.0' || host === '::' ? hostname() : host;
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function present(siteServer: SiteServer, row: SiteUserRow): Promise<SiteUser> {
  const { name, appendOnly, quotaBytes, lease, pairedWith, requests, refused, receivedBytes, sentBytes, lastAddress } =
    row;
  const { folder, quota } = siteServer.repositoryOf(row);
  return {
    name,
    appendOnly,
    quotaBytes,
    folder,
    usedBytes: await quota.used().catch(() => null),
    pairedWith,
    lease,
    createdAt: iso(row.createdAtMs),
    createdBy: row.actor,
    lastUsedAt: row.lastUsedAtMs === null ? null : iso(row.lastUsedAtMs),
    lastAddress,
    requests,
    refused,
    receivedBytes,
    sentBytes,
  };
}

function presentInvitation(row: InvitationRow): SiteInvitation {
  const { id, name, appendOnly, quotaBytes, actor, createdAtMs, expiresAtMs } = row;
  const times = { createdAt: iso(createdAtMs), expiresAt: iso(expiresAtMs) };
  return { id, name, appendOnly, quotaBytes, createdBy: actor, ...times };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

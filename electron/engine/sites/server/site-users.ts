/** Who may push to this server, on which terms, and who is invited to. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Caller } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { hashOfSecret, newSecretText } from '../../platform/secret-text.ts';
import { readSiteFile, writeSiteFile, type InvitationRow, type SiteFile, type SiteUserRow } from './site-file.ts';

export type Terms = {
  readonly name: string;
  readonly appendOnly: boolean;
  readonly quotaBytes: number | null;
  readonly folder: string | null;
};

export type Use = Pick<SiteUserRow, 'requests' | 'refused' | 'receivedBytes' | 'sentBytes'> & {
  readonly address: string | null;
};

/** The password of a paired user is chosen at the other end, as `newSecretText` makes them. */
export const passwordPattern = /^[\w-]{43}$/;
/** How much of its last use a user may lose with the engine. */
const noteUseEveryMs = 60_000;
const unused = {
  lease: null,
  requests: 0,
  refused: 0,
  receivedBytes: 0,
  sentBytes: 0,
  lastUsedAtMs: null,
  lastAddress: null,
};

export class SiteUsers {
  readonly #home: string;
  readonly #nowMs: () => number;
  #file: Promise<SiteFile> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  /** What is not written down yet, by name. */
  readonly #uses = new Map<string, { use: Use; atMs: number }>();
  #notedAtMs = 0;

  constructor(home: string, nowMs: () => number) {
    this.#home = home;
    this.#nowMs = nowMs;
  }

  async list({ tenant }: Caller): Promise<readonly SiteUserRow[]> {
    return (await this.all()).filter((row) => row.tenant === tenant);
  }

  /** Of all tenants. Copies. */
  async all(): Promise<readonly SiteUserRow[]> {
    return (await this.#load()).users.map((row) => withUse(row, this.#uses.get(row.name)));
  }

  /** SITE_USER_EXISTS, SITE_FOLDER_UNUSABLE. The password is nowhere but in the answer. */
  async add(caller: Caller, terms: Terms): Promise<{ readonly row: SiteUserRow; readonly password: string }> {
    const password = newSecretText();
    const row = { ...this.#granted(caller, terms), ...unused, hash: hashOfSecret(password), pairedWith: null };
    await this.#change((file) => {
      this.#refuseTaken(file, row);
      return { ...file, users: [...file.users, row] };
    });
    return { row, password };
  }

  /** SITE_USER_UNKNOWN. */
  async set(
    caller: Caller,
    name: string,
    terms: Partial<Pick<SiteUserRow, 'appendOnly' | 'quotaBytes' | 'lease'>>,
  ): Promise<SiteUserRow> {
    const { users } = await this.#change((file) => {
      const row = ownRow(file, caller, name);
      return { ...file, users: file.users.map((one) => (one === row ? { ...one, ...terms } : one)) };
    });
    return withUse(ownRow({ users }, caller, name), this.#uses.get(name));
  }

  /** From now on its password lets nobody in; its repository stays. SITE_USER_UNKNOWN. */
  async remove(caller: Caller, name: string): Promise<SiteUserRow> {
    let removed: SiteUserRow | undefined;
    await this.#change((file) => {
      const row = ownRow(file, caller, name);
      removed = row;
      return { ...file, users: file.users.filter((one) => one !== row) };
    });
    const use = this.#uses.get(name);
    this.#uses.delete(name);
    return withUse(removed ?? unreachable(), use);
  }

  /** The user of that password; null for any other. */
  async identify(name: string, password: string): Promise<SiteUserRow | null> {
    const hash = Buffer.from(hashOfSecret(password));
    const row = (await this.#load()).users.find((one) => one.name === name);
    // As long for a name that nobody has.
    const isRight = timingSafeEqual(hash, Buffer.from(row?.hash ?? '0'.repeat(hash.length)));
    return isRight && row !== undefined ? row : null;
  }

  used(name: string, use: Use): void {
    const before = this.#uses.get(name)?.use;
    const sum = (key: 'requests' | 'refused' | 'receivedBytes' | 'sentBytes'): number =>
      (before?.[key] ?? 0) + use[key];
    const total = {
      requests: sum('requests'),
      refused: sum('refused'),
      receivedBytes: sum('receivedBytes'),
      sentBytes: sum('sentBytes'),
      address: use.address,
    };
    const atMs = this.#nowMs();
    this.#uses.set(name, { use: total, atMs });
    if (Math.abs(atMs - this.#notedAtMs) < noteUseEveryMs) return;
    this.#notedAtMs = atMs;
    // A full disk keeps nobody out.
    void this.writeUses().catch(() => undefined);
  }

  async writeUses(): Promise<void> {
    if (this.#uses.size === 0) return;
    let written = new Map<string, { use: Use; atMs: number }>();
    await this.#change((file) => {
      written = new Map(this.#uses);
      return { ...file, users: file.users.map((row) => withUse(row, written.get(row.name))) };
    });
    for (const [name, { use }] of written) this.#forgetUse(name, use);
  }

  async invitations({ tenant }: Caller): Promise<readonly InvitationRow[]> {
    const nowMs = this.#nowMs();
    return (await this.#load()).invitations.filter((row) => row.tenant === tenant && isOpen(row, nowMs));
  }

  /** SITE_USER_EXISTS, SITE_FOLDER_UNUSABLE. The secret is nowhere but in the answer. */
  async invite(
    caller: Caller,
    terms: Terms,
    lifetimeMs: number,
  ): Promise<{ readonly row: InvitationRow; readonly secret: Buffer }> {
    const secret = randomBytes(16);
    const granted = this.#granted(caller, terms);
    const row = {
      ...granted,
      id: randomBytes(8).toString('hex'),
      hash: hashOfSecret(secret.toString('hex')),
      expiresAtMs: granted.createdAtMs + lifetimeMs,
      tradedFor: null,
    };
    await this.#change((file) => {
      // One that was traded stays for as long as its answer may have to be given again.
      const lasting = file.invitations.filter(({ expiresAtMs }) => expiresAtMs > granted.createdAtMs);
      const others = { ...file, invitations: lasting };
      this.#refuseTaken(others, row);
      return { ...others, invitations: [...others.invitations, row] };
    });
    return { row, secret };
  }

  /** SITE_INVITATION_UNKNOWN. */
  async revoke({ tenant }: Caller, id: string): Promise<InvitationRow> {
    let revoked: InvitationRow | undefined;
    await this.#change((file) => {
      revoked = file.invitations.find((row) => row.tenant === tenant && (row.id === id || row.name === id));
      if (revoked === undefined || !isOpen(revoked, this.#nowMs()))
        throw new HoldfastError('SITE_INVITATION_UNKNOWN', `Nobody is invited as ${id}.`);
      return { ...file, invitations: file.invitations.filter((row) => row !== revoked) };
    });
    return revoked ?? unreachable();
  }

  /**
   * Once: the same password again is the same one again, whose answer was lost. SITE_CODE_INVALID, whatever is wrong with it.
   */
  async trade(secret: Buffer, password: string, pairedWith: string): Promise<SiteUserRow> {
    const hash = hashOfSecret(secret.toString('hex'));
    const passwordHash = hashOfSecret(password);
    let name = '';
    const { users } = await this.#change((file) => {
      const invitation = file.invitations.find((row) => row.hash === hash);
      if (invitation === undefined || invitation.expiresAtMs <= this.#nowMs()) throw invalidCode();
      name = invitation.name;
      if (invitation.tradedFor !== null) {
        const known = file.users.some((row) => row.name === name && row.hash === passwordHash);
        if (invitation.tradedFor !== passwordHash || !known) throw invalidCode();
        return file;
      }
      const { tenant, actor, appendOnly, quotaBytes, folder } = invitation;
      const terms = { tenant, actor, name, appendOnly, quotaBytes, folder, createdAtMs: this.#nowMs() };
      return {
        users: [...file.users, { ...terms, ...unused, hash: passwordHash, pairedWith: pairedWith.slice(0, 200) }],
        invitations: file.invitations.map((row) => (row === invitation ? { ...row, tradedFor: passwordHash } : row)),
      };
    });
    return users.find((row) => row.name === name) ?? unreachable();
  }

  /** Where a user's repository lies. */
  folderOf({ name, folder }: Pick<Terms, 'name' | 'folder'>): string {
    return folder ?? join(this.#home, 'site', name);
  }

  #granted({ tenant, actor }: Caller, { name, appendOnly, quotaBytes, folder }: Terms) {
    if (folder !== null && !isAbsolute(folder))
      throw new HoldfastError('SITE_FOLDER_UNUSABLE', `${folder} is not an absolute path.`);
    const whole = folder === null ? null : resolve(folder);
    return { tenant, actor, name, appendOnly, quotaBytes, folder: whole, createdAtMs: this.#nowMs() };
  }

  /** Names are for all tenants: they are addresses. And of two repositories none lies in the other. */
  #refuseTaken({ users, invitations }: SiteFile, terms: Pick<Terms, 'name' | 'folder'>): void {
    const open = invitations.filter(({ tradedFor }) => tradedFor === null);
    if ([...users, ...open].some(({ name }) => name === terms.name))
      throw new HoldfastError('SITE_USER_EXISTS', `Somebody is called ${terms.name} already, or invited as that.`);
    const folder = this.folderOf(terms);
    const homes = terms.folder === null ? [] : [this.#home];
    const others = [...[...users, ...open].map((other) => this.folderOf(other)), ...homes];
    const inTheWay = others.find((other) => contains(other, folder) || contains(folder, other));
    if (inTheWay === undefined) return;
    throw new HoldfastError('SITE_FOLDER_UNUSABLE', `${folder} and ${inTheWay} lie within each other.`);
  }

  #forgetUse(name: string, written: Use): void {
    const now = this.#uses.get(name);
    if (now === undefined) return;
    if (now.use === written) return void this.#uses.delete(name);
    const { requests, refused, receivedBytes, sentBytes, address } = now.use;
    const use = {
      requests: requests - written.requests,
      refused: refused - written.refused,
      receivedBytes: receivedBytes - written.receivedBytes,
      sentBytes: sentBytes - written.sentBytes,
      address,
    };
    this.#uses.set(name, { use, atMs: now.atMs });
  }

  /** One after the other; in memory only once it is on disk. */
  async #change(change: (file: SiteFile) => SiteFile): Promise<SiteFile> {
    const work = async (): Promise<SiteFile> => {
      const file = await this.#load();
      const changed = change(file);
      if (changed === file) return file;
      await writeSiteFile(this.#home, changed);
      this.#file = Promise.resolve(changed);
      return changed;
    };
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #load(): Promise<SiteFile> {
    this.#file ??= readSiteFile(this.#home).catch((error: unknown) => {
      this.#file = null;
      throw error;
    });
    return this.#file;
  }
}

function isOpen({ expiresAtMs, tradedFor }: InvitationRow, nowMs: number): boolean {
  return tradedFor === null && expiresAtMs > nowMs;
}

function ownRow({ users }: Pick<SiteFile, 'users'>, { tenant }: Caller, name: string): SiteUserRow {
  const row = users.find((one) => one.tenant === tenant && one.name === name);
  if (row === undefined) throw new HoldfastError('SITE_USER_UNKNOWN', `Nobody pushes to this server as ${name}.`);
  return row;
}

function withUse(row: SiteUserRow, more: { readonly use: Use; readonly atMs: number } | undefined): SiteUserRow {
  if (more === undefined) return row;
  const { use, atMs } = more;
  return {
    ...row,
    requests: row.requests + use.requests,
    refused: row.refused + use.refused,
    receivedBytes: row.receivedBytes + use.receivedBytes,
    sentBytes: row.sentBytes + use.sentBytes,
    lastUsedAtMs: atMs,
    lastAddress: use.address ?? row.lastAddress,
  };
}

function contains(folder: string, other: string): boolean {
  const path = relative(folder, other);
  return path === '' || (path !== '..' && !path.startsWith('../') && !isAbsolute(path));
}

function invalidCode(): HoldfastError {
  return new HoldfastError('SITE_CODE_INVALID', 'The code does not open anything (any more).');
}

function unreachable(): never {
  throw new HoldfastError('INTERNAL', 'What was just written is not there.');
}

/**
 * What of this machine a tenant may use: for the owner of the home there are no bounds, for others there is nothing but what
 * the operator has given. Asked where something is done, not only where it is asked for: what was given may have been
 * taken back since, and a definition may have come from a repository.
 */
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { parseLocation } from '../../../shared/model/location.ts';
import type { AccessSecret, AccessSettings } from '../../../shared/model/repository-access.ts';
import { liesWithin, ownerTenant, type TenantGrants } from '../../../shared/model/tenants.ts';
import { displayRaw, fsPath, rawFromDisplay, rawFromUtf8, type RawPath } from '../platform/raw-path.ts';

export class Bounds {
  readonly #tenant: string;
  readonly #grants: () => Promise<TenantGrants>;

  constructor(tenant: string, grants: () => Promise<TenantGrants>) {
    this.#tenant = tenant;
    this.#grants = grants;
  }

  /** Whether it is the owner of the home, who has none. */
  get isOwner(): boolean {
    return this.#tenant === ownerTenant;
  }

  /** As the operator has typed them; null: all of the machine. */
  async givenFolders(): Promise<readonly string[] | null> {
    return this.isOwner ? null : (await this.#grants()).folders;
  }

  /**
   * TENANT_BOUND unless each path lies in a folder that was given, with links followed as far as it is there: a link in such a
   * folder leads nowhere else. What goes up by `..` lies in none: where that leads, the kernel and we would not agree.
   */
  async folders(paths: readonly string[]): Promise<void> {
    return this.#within(paths.map(rawFromUtf8));
  }

  /** As `folders`, of paths in the form in which they are shown, for what reads them as such. */
  async shownFolders(paths: readonly string[]): Promise<void> {
    return this.#within(paths.map(rawFromDisplay));
  }

  async #within(paths: readonly RawPath[]): Promise<void> {
    if (this.isOwner || paths.length === 0) return;
    const { folders } = await this.#grants();
    const given = await Promise.all(folders.map((folder) => realRaw(rawFromUtf8(folder))));
    const roots = given.filter((folder) => folder !== null);
    for (const path of paths) {
      const isPlain = isAbsolute(path) && !path.includes('\0') && !path.split('/').includes('..');
      if (isPlain && liesWithin(await reallyAt(resolve(path)), roots)) continue;
      throw new HoldfastError('TENANT_BOUND', `${displayRaw(path)} lies in no folder that this tenant was given.`);
    }
  }

  /** TENANT_BOUND for where a repository may not lie, and for what it would be reached with. */
  async place(text: string, settings: AccessSettings, secrets: readonly AccessSecret[]): Promise<void> {
    if (this.isOwner) return;
    const location = parseLocation(text);
    const { accessKeyId, account, keyFile, agent } = settings;
    if (location.kind === 'local') await this.folders([resolve(location.folder)]);
    if (location.kind === 's3' && account === undefined && accessKeyId === undefined)
      await this.machineCredentials('A bucket without an account or a key');
    const isNamed = secrets.includes('key') || secrets.includes('password');
    if (location.kind === 'sftp' && (keyFile !== undefined || agent === true || !isNamed))
      await this.machineCredentials('A place that is reached over SSH without a key or a password of its own');
  }

  /** TENANT_BOUND. */
  async originalPlace(): Promise<void> {
    if (this.isOwner) return;
    const what = 'A tenant restores into a folder that it names, never to where something lay.';
    throw new HoldfastError('TENANT_BOUND', what);
  }

  /** TENANT_BOUND unless programs may run for it. `what` begins a sentence. */
  async commands(what: string): Promise<void> {
    if (this.isOwner || (await this.#grants()).commands) return;
    throw new HoldfastError('TENANT_BOUND', `${what} runs on this machine, which this tenant was not given.`);
  }

  /** TENANT_BOUND unless it may sign in elsewhere as this machine does. `what` begins a sentence. */
  async machineCredentials(what: string): Promise<void> {
    if (this.isOwner || (await this.#grants()).machineCredentials) return;
    throw new HoldfastError(
      'TENANT_BOUND',
      `${what} takes the credentials of this machine, which this tenant was not given.`,
    );
  }
}

/** The real path of what is there of it, with the rest behind it; empty where it cannot be told. */
async function reallyAt(path: RawPath): Promise<RawPath> {
  const missing: RawPath[] = [];
  for (let at = path; ; at = dirname(at)) {
    const real = await realRaw(at);
    if (real !== null) return join(real, ...missing);
    // A link that leads nowhere yet, and what may not be looked at.
    if (!(await isMissing(at))) return '';
    missing.unshift(basename(at));
  }
}

/** Null where it is not there, or may not be looked at. */
async function realRaw(path: RawPath): Promise<RawPath | null> {
  const found = realpath(fsPath(path), { encoding: 'buffer' });
  return found.then(
    (real) => real.toString('latin1'),
    () => null,
  );
}

async function isMissing(path: RawPath): Promise<boolean> {
  return lstat(fsPath(path)).then(
    () => false,
    (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT',
  );
}

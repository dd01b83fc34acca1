/**
 * What this console records: evidence of runs, drills and repairs, and what operators have asked for. A record that cannot
 * be written holds up nothing: it waits for the next one, and `trouble` says so until then.
 */
import { readdir } from 'node:fs/promises';
import {
  boundDraft,
  chainLogs,
  type AuditRecord,
  type ChainLog,
  type EvidenceDraft,
} from '../../../../shared/model/evidence.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { SecretStore } from '../../platform/secret-store.ts';
import type {
  Attached,
  AttachedFile,
  ConfigurationCompany,
  SavedConfiguration,
} from '../../repository/configuration.ts';
import { attachedChains, noteAttached } from './attached-chains.ts';
import { Chain } from './chain.ts';
import { evidenceFolder, formerFolder, listSegments, makeFolder, tenantFolder, tenantOf } from './chain-files.ts';
import { newestFormer, takeFormer } from './former-chains.ts';
import { idOf, rowOf, type EvidenceId } from './records.ts';
import { newKeyPair, openSigningKey, storeKey, type KeyAbout, type KeyPlace, type SigningKey } from './signing-key.ts';

export type EvidenceBookOptions = {
  readonly home: string;
  readonly catalog: Catalog;
  readonly secrets: SecretStore | null;
  /** Whether this engine stays: a key that it makes may go into the secret store. */
  readonly stays: boolean;
  readonly nowMs: () => number;
  readonly about: Readonly<Record<string, string>>;
  /** A record of that tenant was written. */
  readonly onRecord: (tenant: string) => void;
};

/** About 64 MiB of what operators have asked for: more than 100,000 calls. */
const auditSegments = 64;

export class EvidenceBook implements ConfigurationCompany {
  readonly #options: EvidenceBookOptions;
  readonly #chains = new Map<string, Promise<Chain>>();
  #key: Promise<SigningKey> | null = null;
  #trouble: string | null = null;

  constructor(options: EvidenceBookOptions) {
    this.#options = options;
  }

  /** Why the newest entries could not be written; null: they were. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Null where it could not be written, which holds up nobody. */
  async record(given: EvidenceDraft): Promise<EvidenceId | null> {
    const draft = boundDraft(given);
    const caller = { tenant: draft.tenant, actor: draft.actor };
    try {
      const chain = await this.#chain(draft.tenant, 'evidence');
      const head = await chain.append('record', draft);
      this.#trouble = null;
      // The list is made anew from the chains wherever it lacks something.
      await this.#options.catalog.write('evidence.add', caller, { rows: [rowOf(head, draft)] }).catch(() => undefined);
      this.#options.onRecord(draft.tenant);
      return idOf(head.hash);
    } catch (error) {
      this.#note(error);
      return null;
    }
  }

  async audit(record: AuditRecord): Promise<void> {
    try {
      const chain = await this.#chain(record.tenant, 'audit');
      await chain.append('record', record);
      this.#trouble = null;
    } catch (error) {
      this.#note(error);
    }
  }

  async key(): Promise<KeyAbout> {
    return (await this.#signingKey()).about;
  }

  /** Chains of all tenants state it, signed by the key of before, ahead of its first use. */
  async newKey(): Promise<KeyAbout> {
    const { home, nowMs } = this.#options;
    const { publicKey, fingerprint, pem } = newKeyPair();
    const folders = await readdir(evidenceFolder(home)).catch(() => []);
    for (const tenant of folders.flatMap((name) => tenantOf(name) ?? [])) {
      for (const log of chainLogs) await (await this.#chain(tenant, log)).append('key', { publicKey, fingerprint });
    }
    const about = await storeKey(await this.#place(), { publicKey, fingerprint, pem }, nowMs());
    await this.close();
    this.#chains.clear();
    this.#key = Promise.resolve(about);
    return about.about;
  }

  /** Hashes of the newest entries of a tenant, as one text. */
  async head(tenant: string): Promise<string> {
    const chains = await Promise.all(chainLogs.map((log) => this.#chain(tenant, log)));
    return chains.map(({ head }) => head.hash).join(' ');
  }

  async attach(tenant: string, repository: string): Promise<Attached> {
    return attachedChains(this.#options.home, tenant, repository);
  }

  async attached(tenant: string, repository: string, saved: SavedConfiguration): Promise<void> {
    await noteAttached(this.#options.home, tenant, repository, saved);
  }

  /** Chains that are written already state what has joined them; others name it in their first entry. */
  async takeOver(tenant: string, files: readonly AttachedFile[]): Promise<void> {
    const { home } = this.#options;
    if (files.length === 0) return;
    await takeFormer(home, tenant, files);
    for (const log of chainLogs) {
      const former = await newestFormer(home, tenant, log);
      const isWritten = (await listSegments(tenantFolder(home, tenant), log)).length > 0;
      if (former !== null && isWritten) await (await this.#chain(tenant, log)).append('joined', { ...former });
    }
  }

  /** What comes afterwards opens them again. */
  async close(): Promise<void> {
    const chains = [...this.#chains.values()];
    this.#chains.clear();
    for (const chain of chains) await chain.then((one) => one.close()).catch(() => undefined);
  }

  #note(error: unknown): void {
    this.#trouble = error instanceof Error ? error.message : String(error);
  }

  async #place(): Promise<KeyPlace> {
    const { home, secrets, stays } = this.#options;
    const folder = evidenceFolder(home);
    await makeFolder(folder);
    return { folder, secrets, stays };
  }

  #signingKey(): Promise<SigningKey> {
    this.#key ??= this.#place().then((place) => openSigningKey(place, this.#options.nowMs()));
    return tried(this.#key, () => (this.#key = null));
  }

  #chain(tenant: string, log: ChainLog): Promise<Chain> {
    const name = `${log} ${tenant}`;
    const opened = this.#chains.get(name) ?? this.#open(tenant, log);
    this.#chains.set(name, opened);
    return tried(opened, () => this.#chains.delete(name));
  }

  async #open(tenant: string, log: ChainLog): Promise<Chain> {
    const { home, nowMs, about } = this.#options;
    return Chain.open({
      folder: tenantFolder(home, tenant),
      formerFolder: formerFolder(home, tenant),
      log,
      key: await this.#signingKey(),
      nowMs,
      about: { ...about, tenant },
      former: () => newestFormer(home, tenant, log),
      maximumSegments: log === 'audit' ? auditSegments : null,
    });
  }
}

/** What failed is tried again by whoever asks next. */
async function tried<Result>(attempt: Promise<Result>, forget: () => void): Promise<Result> {
  try {
    return await attempt;
  } catch (error) {
    forget();
    throw error;
  }
}

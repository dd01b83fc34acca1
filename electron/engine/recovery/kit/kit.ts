/** The recovery kit: what lies where, how it is opened, and the commands to get it back without this console. */
import type { ReadKit, RecoveryKit } from '../../../../shared/contract/recovery-kit.ts';
import { processIdentity } from '../../platform/identity.ts';
import { listKeys } from '../../repository/keys.ts';
import type { Repository } from '../../repository/repository.ts';
import { listSnapshots, type StoredSnapshot } from '../../repository/snapshots.ts';
import { readFact } from '../../repository/format/snapshot.ts';
import { kitCommands } from './kit-commands.ts';
import { kitFile } from './kit-file.ts';
import { kitPage } from './page.ts';
import { pageAsHtml } from './page-as-html.ts';
import { pageAsText } from './page-as-text.ts';

const maximumSources = 1000;

export type KitRequest = {
  readonly repository: Repository;
  readonly caller: { readonly tenant: string; readonly actor: string };
  readonly nowMs: number;
  readonly evidenceKey: { readonly fingerprint: string; readonly publicKey: string } | null;
  /** Who can be asked. */
  readonly contacts: readonly string[];
};

export type KitFacts = ReadKit;

export async function makeRecoveryKit({
  repository,
  caller,
  nowMs,
  evidenceKey,
  contacts,
}: KitRequest): Promise<RecoveryKit> {
  const { backend, config } = repository;
  const [keys, { snapshots }] = await Promise.all([listKeys(backend), listSnapshots(repository)]);
  const own = snapshots.filter(({ file }) => (readFact(file.tags, 'tenant') ?? caller.tenant) === caller.tenant);
  const sources = sourcesOf(own);
  const facts: KitFacts = {
    madeAt: new Date(nowMs).toISOString(),
    madeBy: caller.actor,
    hostname: processIdentity().hostname,
    program: 'Holdfast',
    repository: { id: config.id, location: backend.location, version: config.version },
    keys: keys.map((key) => ({ ...key })),
    sources: sources.slice(0, maximumSources),
    evidenceKey:
      evidenceKey === null ? null : { fingerprint: evidenceKey.fingerprint, publicKey: evidenceKey.publicKey },
    contacts: [...contacts],
    sourceCount: sources.length,
    commands: kitCommands(backend.location),
  };
  const page = kitPage(facts);
  return { ...facts, text: pageAsText(page), html: pageAsHtml(page), file: kitFile(facts) };
}

/** Newest first. */
function sourcesOf(snapshots: readonly StoredSnapshot[]): RecoveryKit['sources'] {
  const groups = Map.groupBy(snapshots, ({ source, file }) => `${file.hostname ?? ''}\0${source}`);
  return [...groups.values()]
    .map((group) => ({ newest: group.at(-1), count: group.length }))
    .flatMap(({ newest, count }) => (newest === undefined ? [] : [{ newest, count }]))
    .toSorted((a, b) => b.newest.takenAtMs - a.newest.takenAtMs)
    .map(({ newest: { id, source, takenAtMs, file }, count }) => ({
      source,
      hostname: file.hostname ?? '',
      paths: [...file.paths],
      snapshot: id,
      takenAt: new Date(takenAtMs).toISOString(),
      snapshots: count,
    }));
}

/**
 * Chains as they go along with the configuration: their files, so that a console that is rebuilt has its history, and
 * their heads as tags of the snapshot, which anybody can list who has the repository's password.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { chainLogs, type ChainLog } from '../../../../shared/model/evidence.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import type { Attached, AttachedFile, SavedConfiguration } from '../../repository/configuration.ts';
import { readFact, readFacts, type SnapshotFact } from '../../repository/format/snapshot.ts';
import {
  evidenceFolder,
  listChains,
  makeFolder,
  readSegment,
  segmentName,
  tenantFolder,
  type ChainSegment,
} from './chain-files.ts';
import { linesOf, parseLine } from './chain-line.ts';
import type { ChainHead } from './chain.ts';
import { readKeyAbout } from './signing-key.ts';

const headFact = 'evidence-head';
const keyFact = 'evidence-key';
/** Of each log the newest files, about a MiB each, so that a configuration stays small enough to be read at once. */
const keptFiles: Readonly<Record<ChainLog, number>> = { evidence: 96, audit: 16 };
const maximumNoteBytes = 16 * 1024 * 1024;

const noteSchema = z.record(z.string(), z.object({ snapshot: z.string(), blobs: z.array(z.string()) }));

export async function attachedChains(home: string, tenant: string, repository: string): Promise<Attached> {
  const files: AttachedFile[] = [];
  const facts: [SnapshotFact, string][] = [];
  for (const log of chainLogs) {
    const chains = await listChains(home, tenant, log);
    for (const segment of chains.flat().slice(-keptFiles[log])) files.push(await wholeLines(segment));
    const [newest] = (chains.at(-1) ?? []).slice(-1);
    const head = newest === undefined ? null : await headOf(newest);
    if (head !== null) facts.push([headFact, `${log}.${head.chain}.${head.seq}.${head.hash}`]);
  }
  const key = await readKeyAbout(evidenceFolder(home));
  if (key !== null && files.length > 0) facts.push([keyFact, key.fingerprint]);
  return { facts, files, before: (await readNote(home, tenant))[repository] ?? null };
}

export async function noteAttached(
  home: string,
  tenant: string,
  repository: string,
  saved: SavedConfiguration,
): Promise<void> {
  const noted = { ...(await readNote(home, tenant)), [repository]: saved };
  await makeFolder(tenantFolder(home, tenant));
  await writeFileAtomically(noteFile(home, tenant), `${JSON.stringify(noted)}\n`);
}

/** Heads of chains and the fingerprint of the key, as the tags of a configuration snapshot state them. */
export function anchorsIn(tags: readonly string[]): {
  readonly heads: readonly ChainHead[];
  readonly key: string | null;
} {
  const heads = readFacts(tags, headFact).flatMap((text) => {
    const [, log, chain, seq, hash] = /^(evidence|audit)\.([0-9a-f]{16})\.(\d{1,15})\.([0-9a-f]{64})$/.exec(text) ?? [];
    if (log === undefined || chain === undefined || hash === undefined) return [];
    return [{ log: log as ChainLog, chain, seq: Number(seq), hash }];
  });
  return { heads, key: readFact(tags, keyFact) ?? null };
}

/** What is being written at this moment comes along the next time. */
async function wholeLines(segment: ChainSegment): Promise<AttachedFile> {
  const bytes = await readSegment(segment);
  const { rest } = linesOf(bytes);
  return { name: segmentName(segment), bytes: bytes.subarray(0, bytes.length - rest.length) };
}

async function headOf(segment: ChainSegment): Promise<Omit<ChainHead, 'log'> | null> {
  const line = parseLine(linesOf(await readSegment(segment)).lines.at(-1) ?? Buffer.alloc(0));
  return line === null ? null : { chain: segment.chain, seq: line.entry.seq, hash: line.hash };
}

async function readNote(home: string, tenant: string): Promise<z.infer<typeof noteSchema>> {
  const text = await readSmallFile(noteFile(home, tenant), maximumNoteBytes);
  try {
    return text === null ? {} : noteSchema.parse(JSON.parse(text));
  } catch {
    // Without it all of them are stored once more.
    return {};
  }
}

function noteFile(home: string, tenant: string): string {
  return join(tenantFolder(home, tenant), 'kept.json');
}

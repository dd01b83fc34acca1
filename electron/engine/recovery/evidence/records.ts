/** Reads what was recorded out of the chains in the home. */
import { setImmediate as turn } from 'node:timers/promises';
import type { AuditRecord, ChainLog, EvidenceDraft } from '../../../../shared/model/evidence.ts';
import type { EvidenceRow } from '../../catalog/evidence.ts';
import { listChains, readSegment, type ChainSegment } from './chain-files.ts';
import { linesOf, parseLine, type ChainLine } from './chain-line.ts';
import type { ChainHead } from './chain.ts';
import { ChainVerifier } from './verify-chain.ts';

/** The first 16 digits of the hash of its entry. */
export type EvidenceId = string;

export type AuditLine = {
  readonly seq: number;
  readonly at: string;
  readonly id: string;
  readonly record: AuditRecord;
};

export type AuditFilter = {
  /** Part of who, what, or what it was about. */
  readonly text: string;
  /** Those before the one with that id; null: from the newest on. */
  readonly before: string | null;
  readonly limit: number;
};

/** So that nobody waits while many signatures are held against their key. */
const linesAtOnce = 100;

export function idOf(hash: string): EvidenceId {
  return hash.slice(0, 16);
}

export function rowOf({ chain, seq, hash }: Omit<ChainHead, 'log'>, draft: EvidenceDraft): EvidenceRow {
  const { actor, kind, title, subject, result, startedAt, endedAt } = draft;
  const times = { startedAtMs: Date.parse(startedAt), endedAtMs: Date.parse(endedAt) };
  return { id: idOf(hash), author: actor, chain, seq, kind, title, subject, result, ...times };
}

/** All evidence there is, for a catalog that lacks some. Damaged lines are left out: a check names them. */
export async function allRows(home: string, tenant: string): Promise<readonly EvidenceRow[]> {
  const rows: EvidenceRow[] = [];
  for (const segment of (await listChains(home, tenant, 'evidence')).flat()) {
    for (const line of await linesIn(segment)) {
      if (line !== null && line.entry.type === 'record')
        rows.push(rowOf({ ...line.entry, hash: line.hash }, draftIn(line)));
    }
  }
  return rows;
}

export function draftIn({ entry }: ChainLine): EvidenceDraft {
  return entry.body as unknown as EvidenceDraft;
}

/** With its bytes; null where it is not there, or damaged. */
export async function findLine(
  home: string,
  tenant: string,
  log: ChainLog,
  { chain, seq }: { readonly chain: string; readonly seq: number },
): Promise<{ readonly line: ChainLine; readonly text: string } | null> {
  const segments = (await listChains(home, tenant, log)).flat().filter((one) => one.chain === chain);
  for (const segment of segments.toReversed()) {
    const { lines } = linesOf(await readSegment(segment));
    const first = parseLine(lines[0] ?? Buffer.alloc(0));
    if (first !== null && first.entry.seq > seq) continue;
    for (const bytes of lines) {
      const line = parseLine(bytes);
      if (line?.entry.seq === seq) return { line, text: bytes.toString('utf8') };
    }
  }
  return null;
}

/** Newest first. */
export async function auditLines(home: string, tenant: string, filter: AuditFilter): Promise<readonly AuditLine[]> {
  const wanted = filter.text.toLowerCase();
  const found: AuditLine[] = [];
  let isAfter = filter.before !== null;
  for (const segment of (await listChains(home, tenant, 'audit')).flat().toReversed()) {
    for (const line of (await linesIn(segment)).toReversed()) {
      if (line === null || line.entry.type !== 'record') continue;
      const id = idOf(line.hash);
      if (isAfter) {
        isAfter = id !== filter.before;
        continue;
      }
      const record = line.entry.body as unknown as AuditRecord;
      if (wanted !== '' && !wordsOf(record).includes(wanted)) continue;
      found.push({ seq: line.entry.seq, at: line.entry.at, id, record });
      if (found.length >= filter.limit) return found;
    }
  }
  return found;
}

/** Of each chain of a log, those of before first. */
export async function verifyChains(
  home: string,
  tenant: string,
  log: ChainLog,
  known: readonly string[],
): Promise<readonly ChainVerifier[]> {
  const verifiers: ChainVerifier[] = [];
  for (const segments of await listChains(home, tenant, log)) {
    const verifier = new ChainVerifier(known);
    for (const segment of segments) await addSlowly(verifier, await readSegment(segment));
    verifiers.push(verifier);
  }
  return verifiers;
}

async function addSlowly(verifier: ChainVerifier, bytes: Buffer): Promise<void> {
  let from = 0;
  let lines = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, end + 1)) {
    lines += 1;
    if (lines % linesAtOnce !== 0) continue;
    verifier.addFile(bytes.subarray(from, end + 1));
    from = end + 1;
    await turn();
  }
  verifier.addFile(bytes.subarray(from));
}

async function linesIn(segment: ChainSegment): Promise<readonly (ChainLine | null)[]> {
  const { lines } = linesOf(await readSegment(segment));
  const read = lines.map((bytes) => parseLine(bytes));
  await turn();
  return read;
}

function wordsOf({ actor, door, call, targets, outcome }: AuditRecord): string {
  return [actor, door, call, outcome, ...Object.values(targets)].join(' ').toLowerCase();
}

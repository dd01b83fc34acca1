/** Where chains lie: files of lines, one after the other, in a folder for each tenant; those of former chains below it. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChainLog } from '../../../../shared/model/evidence.ts';

export type ChainSegment = {
  readonly chain: string;
  readonly log: ChainLog;
  readonly number: number;
  readonly path: string;
};

const namePattern = /^(evidence|audit)-([0-9a-f]{16})-(\d{6})\.jsonl$/;

export function evidenceFolder(home: string): string {
  return join(home, 'evidence');
}

/** Any text may be the name of a tenant. */
export function tenantFolder(home: string, tenant: string): string {
  return join(evidenceFolder(home), `tenant-${Buffer.from(tenant).toString('hex')}`);
}

/** Null for a folder that is none of a tenant. */
export function tenantOf(folder: string): string | null {
  const [, hex] = /^tenant-((?:[0-9a-f]{2})+)$/.exec(folder) ?? [];
  return hex === undefined ? null : Buffer.from(hex, 'hex').toString('utf8');
}

export function formerFolder(home: string, tenant: string): string {
  return join(tenantFolder(home, tenant), 'former');
}

export function segmentName({ chain, log, number }: Omit<ChainSegment, 'path'>): string {
  return `${log}-${chain}-${String(number).padStart(6, '0')}.jsonl`;
}

/** Null for a name that is not one of a segment. */
export function parseSegmentName(folder: string, name: string): ChainSegment | null {
  const [, log, chain, number] = namePattern.exec(name) ?? [];
  if (log === undefined || chain === undefined) return null;
  return { chain, log: log as ChainLog, number: Number(number), path: join(folder, name) };
}

/** Of one log, in the order they were written; none where there is no such folder. */
export async function listSegments(folder: string, log: ChainLog): Promise<readonly ChainSegment[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => parseSegmentName(folder, name) ?? [])
    .filter((segment) => segment.log === log)
    .toSorted((a, b) => (a.chain === b.chain ? a.number - b.number : a.chain < b.chain ? -1 : 1));
}

/** The segments of each chain of a log: those of before first, at last the one that is written. */
export async function listChains(
  home: string,
  tenant: string,
  log: ChainLog,
): Promise<readonly (readonly ChainSegment[])[]> {
  const [former, current] = await Promise.all([
    listSegments(formerFolder(home, tenant), log),
    listSegments(tenantFolder(home, tenant), log),
  ]);
  return [...byChain(former), ...byChain(current)];
}

export async function readSegment({ path }: ChainSegment): Promise<Buffer> {
  return readFile(path);
}

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

function byChain(segments: readonly ChainSegment[]): readonly (readonly ChainSegment[])[] {
  const chains = new Map<string, ChainSegment[]>();
  for (const segment of segments) chains.set(segment.chain, [...(chains.get(segment.chain) ?? []), segment]);
  return [...chains.values()];
}

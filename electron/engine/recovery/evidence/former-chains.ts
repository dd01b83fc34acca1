/** Chains of before: of a console that this one has taken over from, or with a key that was lost. */
import { join } from 'node:path';
import type { ChainLog } from '../../../../shared/model/evidence.ts';
import { writeFileAtomically } from '../../platform/atomic-file.ts';
import type { FormerChain } from './chain.ts';
import {
  formerFolder,
  listSegments,
  makeFolder,
  parseSegmentName,
  readSegment,
  type ChainSegment,
} from './chain-files.ts';
import { linesOf, parseLine } from './chain-line.ts';

export type KeptFile = { readonly name: string; readonly bytes: Buffer };

/** The one with the newest entry; null where there is none. */
export async function newestFormer(home: string, tenant: string, log: ChainLog): Promise<FormerChain | null> {
  const ends = await Promise.all(lastOfEach(await listSegments(formerFolder(home, tenant), log)).map(endOf));
  const [newest] = ends.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return newest?.former ?? null;
}

/** Files of chains as they came from a repository; what is there already stays, and what is no chain is left out. */
export async function takeFormer(home: string, tenant: string, files: readonly KeptFile[]): Promise<void> {
  const folder = formerFolder(home, tenant);
  await makeFolder(folder);
  const here = new Map<string, number>();
  for (const log of ['evidence', 'audit'] as const) {
    for (const segment of await listSegments(folder, log)) here.set(segment.path, (await readSegment(segment)).length);
  }
  for (const { name, bytes } of files) {
    const segment = parseSegmentName(folder, name);
    if (segment === null || (here.get(segment.path) ?? -1) >= bytes.length) continue;
    await writeFileAtomically(join(folder, name), bytes);
  }
}

function lastOfEach(segments: readonly ChainSegment[]): readonly ChainSegment[] {
  return segments.filter(({ chain }, at) => segments[at + 1]?.chain !== chain);
}

async function endOf(segment: ChainSegment): Promise<{ readonly at: string; readonly former: FormerChain }> {
  const line = parseLine(linesOf(await readSegment(segment)).lines.at(-1) ?? Buffer.alloc(0));
  const { chain } = segment;
  return { at: line?.entry.at ?? '', former: { chain, seq: line?.entry.seq ?? null, hash: line?.hash ?? null } };
}

/** What exists, what of it is kept and why, and what was removed: for the proof of retention. */
import { hostname } from 'node:os';
import { call } from '@orpc/server';
import type { Retained } from '../../../../shared/contract/retention.ts';
import { mostRows } from '../../../../shared/model/reports/document.ts';
import type { KeptSnapshot, RetentionFacts, RetentionSource } from '../../../../shared/model/reports/retention.ts';
import { ruleWords } from '../../../../shared/model/rule-words.ts';
import type { KeepFor, ProfileDefinition } from '../../../../shared/model/profile.ts';
import type { CallContext } from '../context.ts';
import { retentionHandlers } from '../retention.ts';
import type { SourceScene } from './report-sources.ts';
import type { Asked } from './run-facts.ts';

export async function retentionFacts(context: CallContext, scene: SourceScene, asked: Asked): Promise<RetentionFacts> {
  const { catalog, caller } = context;
  const { fromMs, toMs } = asked;
  const profiles = new Map(
    (await catalog.read('profiles.list', caller, null)).map(({ profile, definition }) => [profile, definition]),
  );
  const [found, since, holds, reviews] = await Promise.all([
    catalog.read('removedSnapshots.list', caller, { fromMs, toMs, limit: mostRows }),
    catalog.read('removedSnapshots.since', caller, null),
    catalog.read('holds.list', caller, null),
    catalog.read('retention.reviews', caller, { open: true, limit: 1_000 }),
  ]);
  const sources: RetentionSource[] = [];
  const kept: KeptSnapshot[] = [];
  // What other machines protect is judged there.
  for (const { name, profile, hostname: host } of scene.states) {
    if (host !== hostname()) continue;
    const shown = await call(retentionHandlers.show, { source: name }, { context });
    sources.push({
      source: name,
      profile: profile?.name ?? null,
      rule: rulesIn(profile === null ? undefined : profiles.get(profile.id)),
      there: shown.snapshots.length,
      taken: shown.snapshots.filter(({ takenAt }) => isWithin(Date.parse(takenAt), asked)).length,
      refused: shown.refused,
    });
    kept.push(...shown.snapshots.map((one) => keptOf(name, one)));
  }
  const names = new Map(scene.connections.map(({ repository, name }) => [repository, name]));
  return {
    sources,
    kept,
    removed: found.rows
      .filter(({ source }) => scene.isWanted(source))
      .map(({ author, repository, ...row }) => ({
        ...row,
        by: author,
        repository: names.get(repository) ?? repository.slice(0, 8),
      })),
    moreRemoved: found.total - found.rows.length,
    recordedSinceMs: since,
    held: holds.length,
    openReviews: reviews.filter(({ source }) => scene.isWanted(source)).length,
  };
}

function isWithin(atMs: number, { fromMs, toMs }: Asked): boolean {
  return atMs >= fromMs && atMs < toMs;
}

function keptOf(source: string, { snapshot, takenAt, keep, until, reasons, lockedUntil }: Retained): KeptSnapshot {
  return {
    source,
    snapshot,
    takenAtMs: Date.parse(takenAt),
    keep,
    untilMs: until === null ? null : Date.parse(until),
    reasons,
    lockedUntil,
  };
}

function rulesIn(profile: ProfileDefinition | undefined): string {
  if (profile === undefined) return 'Everything, until somebody removes it';
  return profile.periods
    .map(({ name, rule, keep, minimum, locked }) => {
      const least = minimum > 0 ? `, the newest ${minimum} always` : '';
      return `${name} (${ruleWords(rule)}): ${keepWords(keep)}${least}${locked ? ', locked' : ''}`;
    })
    .join('; ');
}

function keepWords(keep: KeepFor): string {
  return keep === 'forever' ? 'for ever' : `${keep.count} ${keep.count === 1 ? keep.unit.slice(0, -1) : keep.unit}`;
}

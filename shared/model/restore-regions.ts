/** Regions of AWS from which a point can be restored, the one that takes least first. Pure. */
import { formatCount } from './units.ts';

type Native = {
  readonly snapshot: string;
  readonly region: string;
  readonly run: string | null;
  readonly state: string;
  readonly archived: boolean;
  readonly copyOf: object | null;
};

export type RestoreRegion = {
  readonly region: string;
  readonly snapshots: readonly string[];
  /** What restoring from there means, in sentences. */
  readonly words: string;
};

/**
 * Native snapshots of a run that are completed. Where they were taken comes before copies of them, since volumes are usually
 * wanted there; last comes what lies in the archive tier, which AWS takes 24 to 72 hours to bring back.
 */
export function restoreRegions(natives: readonly Native[], run: string): readonly RestoreRegion[] {
  const own = natives.filter((one) => one.run === run && one.state === 'completed');
  return [...Map.groupBy(own, ({ region }) => region)]
    .map(([region, all]) => {
      const archived = all.filter((one) => one.archived).length;
      const copies = all.every(({ copyOf }) => copyOf !== null);
      return { region, all, archived, copies };
    })
    .toSorted(
      (a, b) =>
        Number(a.archived > 0) - Number(b.archived > 0) ||
        Number(a.copies) - Number(b.copies) ||
        (a.region < b.region ? -1 : 1),
    )
    .map(({ region, all, archived, copies }) => ({
      region,
      snapshots: all.map(({ snapshot }) => snapshot),
      words: [
        `${formatCount(all.length)} native ${all.length === 1 ? 'snapshot' : 'snapshots'}${copies ? ', copied there' : ''}.`,
        archived > 0
          ? `${formatCount(archived)} in the archive tier: AWS takes 24 to 72 hours to bring that back.`
          : 'Volumes in this region are made of them at once, and read at full speed once they were loaded; elsewhere they are copied first.',
      ].join(' '),
    }));
}

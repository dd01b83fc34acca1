/** How images of volumes lie beside the sources they are of: by which names, and of which native snapshots. */
import type { RegisteredSource, SourceDefinition } from '../../../../shared/contract/sources.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { NativeSnapshot } from '../../aws/snapshots.ts';
import { readFact, readFacts } from '../../repository/format/snapshot.ts';
import type { StoredSnapshot } from '../../repository/snapshots.ts';

/** What images of a source are called by, apart from the descriptions of its instances: they are no versions of those. */
export function imagesOf(source: string): string {
  return `${source} images`;
}

/**
 * What the next image of each volume is compared with: the native snapshot of the newest image of it, of each name that
 * images are kept by. Without it all blocks are read anew.
 */
export function imageBases(
  snapshots: readonly StoredSnapshot[],
  natives: readonly NativeSnapshot[],
  tenant: string,
): ReadonlySet<string> {
  const volumes = new Map(natives.map(({ id, volume }) => [id, volume ?? id]));
  const seen = new Set<string>();
  const bases = new Set<string>();
  for (const { source, file } of snapshots.toSorted((a, b) => b.takenAtMs - a.takenAtMs)) {
    if ((readFact(file.tags, 'tenant') ?? tenant) !== tenant) continue;
    const missed = new Set(readFacts(file.tags, 'incomplete'));
    for (const id of readFacts(file.tags, 'image')) {
      const volume = volumes.get(id);
      const key = `${source} ${volume}`;
      if (volume === undefined || missed.has(`/${volume}`) || seen.has(key)) continue;
      seen.add(key);
      bases.add(id);
    }
  }
  return bases;
}

/** SOURCE_EXISTS: the snapshots of both could not be told apart, and one would expire by the rules of the other. */
export function refuseTakenByImages(source: SourceDefinition, all: readonly RegisteredSource[]): void {
  const others = all.filter(({ name }) => name !== source.name);
  const owner = others.find((one) => one.kind === 'ec2' && one.offCloud && imagesOf(one.name) === source.name);
  if (owner !== undefined)
    throw new HoldfastError('SOURCE_EXISTS', `Images of ${owner.name} are called ${source.name}: take another name.`);
  const wanted = source.kind === 'ec2' && source.offCloud ? imagesOf(source.name) : null;
  if (wanted !== null && others.some(({ name }) => name === wanted))
    throw new HoldfastError(
      'SOURCE_EXISTS',
      `Images of ${source.name} would be called ${wanted}, as a source is that is registered: rename one of the two.`,
    );
}

/** SOURCE_EXISTS: images by hand under the name of a registered source. */
export function refuseNameOfSource(name: string, all: readonly RegisteredSource[]): void {
  if (all.some((one) => one.name === name))
    throw new HoldfastError('SOURCE_EXISTS', `${name} is a registered source: give its images another name.`);
}

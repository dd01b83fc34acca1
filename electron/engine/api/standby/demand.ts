/** What a job on a standby needs: the target for itself alone, and the repository that it will read. */
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { StandbyTarget } from '../../../../shared/contract/standby.ts';
import type { Demand } from '../../jobs/limits.ts';
import { repositoryUse } from '../access.ts';
import type { CallContext } from '../context.ts';
import type { KnownStandby } from './facts.ts';

export async function standbyDemand(
  context: CallContext,
  { row, candidates }: KnownStandby,
  named: RepositoryAccess | null,
): Promise<Pick<Demand, 'repository' | 'mirrors'>> {
  const all = await context.connections.list(context.caller);
  const likely = all
    .filter(({ repository }) => candidates.some((one) => one.repository === repository))
    .toSorted((a, b) => Number(b.primary) - Number(a.primary))[0];
  const access = named ?? (likely === undefined ? null : { id: likely.id });
  return {
    repository: access === null ? null : await repositoryUse(context, access, 'read'),
    mirrors: [placeOf(row.definition.target)],
  };
}

export function placeOf(target: StandbyTarget): string {
  return target.kind === 'bucket' ? `s3://${target.bucket}/${target.prefix}` : target.path;
}

/** Locks on native snapshots in AWS, as AWS told of them at the last look: by source. */
import type { z } from 'zod';
import type { lockedNativesSchema } from '../../../../shared/contract/compliance.ts';
import type { CallContext } from '../context.ts';

export async function nativeLocks({
  catalog,
  caller,
}: Pick<CallContext, 'catalog' | 'caller'>): Promise<z.infer<typeof lockedNativesSchema>[]> {
  const sources = await catalog.read('registeredSources.list', caller, null);
  const found = await Promise.all(
    sources
      .filter(({ kind }) => kind === 'ec2')
      .map(async ({ name }) => {
        const { snapshots } = await catalog.read('nativeSnapshots.list', caller, { source: name });
        const locks = snapshots.map(({ lock }) => lock).filter((lock) => lock !== null && lock.state !== 'expired');
        const ends = locks.map((lock) => lock?.until ?? null).filter((until) => until !== null);
        const governance = locks.filter((lock) => lock?.state === 'governance').length;
        return {
          source: name,
          snapshots: snapshots.length,
          locked: locks.length,
          governance,
          compliance: locks.length - governance,
          firstEndAt: ends.toSorted()[0] ?? null,
        };
      }),
  );
  return found.filter(({ snapshots }) => snapshots > 0);
}

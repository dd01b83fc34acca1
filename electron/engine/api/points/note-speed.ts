/** Notes how fast was read from a place: what the time of the next restore from there is expected by. */
import type { SpeedSample } from '../../../../shared/model/restore-places.ts';
import type { CallContext } from '../context.ts';

/** `repository` is the id in its config. Nothing fails because it cannot be noted. */
export async function noteSpeed(
  { catalog, caller, nowMs }: Pick<CallContext, 'catalog' | 'caller' | 'nowMs'>,
  repository: string,
  sample: Omit<SpeedSample, 'atMs'>,
): Promise<void> {
  await catalog.write('placeSpeeds.note', caller, { ...sample, repository, atMs: nowMs() }).catch(() => undefined);
}

/** A run of protection of a source that is captured where it lies, without a folder in between. */
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import { StoreThreads } from '../repository/store-threads.ts';
import type { CaptureContext, Source } from '../sources/source.ts';
import { runProtection, type RunRequest } from './run.ts';

export type SourceRequest = RunRequest & {
  /** What its snapshots are called by. */
  readonly name: string;
  /** What lies directly in its tree, as the snapshot shows it. */
  readonly paths: readonly RawPath[];
  readonly captured: Source;
};

export async function protectSource({ name, paths, captured, ...request }: SourceRequest): Promise<ProtectResult> {
  const startedAtMs = request.nowMs();
  const beganMs = performance.now();
  const storeThreads = new StoreThreads().startAll();
  try {
    const repository = await request.open();
    const look = () => ({ paths, mountPoints: [], capture: (context: CaptureContext) => captured.capture(context) });
    const subject = { source: name, roots: paths, excludes: [], issues: [], checkedMirrors: [], look };
    return await runProtection(request, repository, subject, { startedAtMs, beganMs, storeThreads });
  } catch (error) {
    throw toHoldfastError(error);
  } finally {
    await storeThreads.stop();
  }
}

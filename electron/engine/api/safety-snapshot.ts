/** Snapshots of what is at the original place, taken before a restore writes there: they lead back to that moment. */
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import type { Voice } from '../jobs/voice.ts';
import type { CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';
import { factsByHand, protectionJob } from './protection-run.ts';

/** A source as its snapshot tells of it; `paths` are what was protected. */
export type SafetySource = { readonly source: string; readonly paths: readonly string[] };

/** Where nothing is, nothing can be lost by writing there. */
const nothingThere: ReadonlySet<ErrorCode> = new Set(['SOURCE_EMPTIED', 'SOURCE_NOT_FOUND']);

/** BAD_USAGE where a source is no folder: what is at its original place is not on this machine, or a mirror. */
export async function refuseSafety(
  context: CallContext,
  target: string | null,
  sources: readonly Pick<SafetySource, 'source'>[],
): Promise<void> {
  if (target !== null) throw new HoldfastError('BAD_USAGE', 'A snapshot is taken first of the original place alone.');
  for (const { source } of sources) {
    const kind = (await registered(context, source))?.kind ?? 'folder';
    if (kind === 'folder') continue;
    throw new HoldfastError('BAD_USAGE', `A snapshot is taken first of folders alone; ${source} is none.`);
  }
}

/** One after the other, each source once. Throws what kept one of them from being taken, so that nothing is written then. */
export async function protectWhatIsThere(
  context: CallContext,
  repository: RepositoryAccess,
  sources: readonly SafetySource[],
  { voice, job }: { readonly voice: Voice; readonly job: () => string },
): Promise<{ readonly taken: readonly ProtectResult[]; readonly nothing: readonly string[] }> {
  const taken: ProtectResult[] = [];
  const nothing: string[] = [];
  for (const one of new Map(sources.map((each) => [each.source, each])).values()) {
    try {
      taken.push(await take(context, repository, one, voice, job));
    } catch (error) {
      if (!nothingThere.has(toHoldfastError(error).code)) throw error;
      voice.onNotice(`There is nothing of ${one.source} now that a snapshot could keep.`);
      nothing.push(one.source);
    }
  }
  return { taken, nothing };
}

async function take(
  context: CallContext,
  repository: RepositoryAccess,
  { source, paths }: SafetySource,
  voice: Voice,
  job: () => string,
): Promise<ProtectResult> {
  const isRegistered = (await registered(context, source)) !== null;
  const input = isRegistered
    ? { repository, registered: source, paths: [] }
    : { repository, source, paths: [...paths] };
  const { operation } = await protectionJob(context, input, async () =>
    isRegistered ? factsByHand(context, source) : null,
  );
  return operation({ ...voice, say: () => Promise.resolve() }, job);
}

async function registered(context: CallContext, name: string) {
  if (!(await isConfigured(context))) return null;
  return context.catalog.read('registeredSources.find', context.caller, { name });
}

/** `Snapshot 1a2b3c4d of documents, complete`, for each of them. */
export function safetyWords({ taken, nothing }: Awaited<ReturnType<typeof protectWhatIsThere>>): string {
  const words = [
    ...taken.map(({ snapshot, source, status }) => `snapshot ${snapshot.slice(0, 8)} of ${source}, ${status}`),
    ...nothing.map((source) => `nothing there of ${source}`),
  ].join('; ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

import { HoldfastError } from '../../../shared/model/errors.ts';
import { handlers, type CallContext } from './context.ts';
import type { RegisteredEc2 } from './ec2-source-of.ts';
import { nativeRound } from './native-round.ts';
import { isConfigured } from './is-configured.ts';
import { findUnprotected } from './unprotected.ts';

export const nativeHandlers = {
  list: handlers.native.list.handler(async ({ input, context }) => {
    const { name } = await ec2Named(context, input.source);
    return known(context, name);
  }),
  look: handlers.native.look.handler(async ({ input, context, signal = new AbortController().signal }) => {
    const source = await ec2Named(context, input.source);
    await nativeRound(context, { source, repositories: [input.repository], signal });
    return known(context, source.name);
  }),
  unprotected: handlers.native.unprotected.handler(({ input, context, signal = new AbortController().signal }) =>
    findUnprotected(context, input, signal),
  ),
};

async function known(context: CallContext, source: string) {
  const { atMs, coveredAtMs, ...rest } = await context.catalog.read('nativeSnapshots.list', context.caller, { source });
  return {
    source,
    lookedAt: timeOf(atMs),
    coveredAt: timeOf(coveredAtMs),
    problems: [...rest.problems],
    snapshots: [...rest.snapshots],
  };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

async function ec2Named(context: CallContext, name: string): Promise<RegisteredEc2> {
  const found = (await isConfigured(context))
    ? await context.catalog.read('registeredSources.find', context.caller, { name })
    : null;
  if (found === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
  if (found.kind !== 'ec2') throw new HoldfastError('BAD_USAGE', `${name} is of the kind ${found.kind}, not in EC2.`);
  return found;
}

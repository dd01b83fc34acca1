/** Whether the hooks of a source run around one of its runs, and what keeps them from it. */
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { hasHooks } from '../../../shared/model/hooks.ts';
import { manualPeriod } from '../../../shared/model/profile.ts';
import type { Quiesce } from '../protection/hooks.ts';
import type { RunFacts } from '../protection/run.ts';
import type { CallContext } from './context.ts';
import { onInstancesOf } from './guest-hooks.ts';

/** Null where nothing is to run: the source has no hooks, or nobody asks for them. `facts`: null without a book of it. */
export async function quiesceOf(
  context: CallContext,
  source: RegisteredSource,
  facts: RunFacts | null,
): Promise<Omit<Quiesce, 'log'> | null> {
  const { commands, name } = source;
  if (!hasHooks(commands) || !(await isAskedFor(context, facts))) return null;
  const { runHistory, caller } = context;
  const run = facts?.run ?? '';
  const { after } = commands;
  return {
    ...commands,
    source: name,
    run,
    obstacle: obstacleTo(source, facts) ?? (await boundOf(context, source)),
    onInstances: onInstancesOf(context, source),
    freeze: {
      begin: async () => {
        if (after !== null) await runHistory.freeze(caller, { run, source: name, after });
      },
      end: () => runHistory.thawed(caller, run),
    },
  };
}

/** What its jobs need for themselves: what is held still for one must not be let go by another. */
export function heldAlone(
  { caller }: Pick<CallContext, 'caller'>,
  { name, commands }: RegisteredSource,
): readonly string[] {
  return hasHooks(commands) ? [`hooks of ${caller.tenant}/${name}`] : [];
}

function obstacleTo({ approved }: RegisteredSource, facts: RunFacts | null): string | null {
  if (approved !== true) return 'Its hooks are not approved on this machine, so none was run.';
  return facts === null ? 'None of its hooks was run, because the run could not be written down.' : null;
}

/** Programs run on this machine, which not every tenant was given. */
async function boundOf({ bounds }: CallContext, { commands }: RegisteredSource): Promise<string | null> {
  const kinds = [commands.before?.kind, commands.after?.kind];
  if (!kinds.some((kind) => kind === 'command' || kind === 'shell')) return null;
  return bounds.commands('A hook').then(
    () => null,
    (error: Error) => `None of its hooks was run. ${error.message}`,
  );
}

/** By hand always; else where one of the periods that are due asks for it. */
async function isAskedFor({ catalog, caller }: CallContext, facts: RunFacts | null): Promise<boolean> {
  if (facts === null || facts.profile === null || facts.periods.includes(manualPeriod)) return true;
  const profile = await catalog.read('profiles.find', caller, { profile: facts.profile });
  return profile?.definition.periods.some(({ id, quiesce }) => quiesce && facts.periods.includes(id)) ?? true;
}

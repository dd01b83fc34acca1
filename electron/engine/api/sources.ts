import { HoldfastError } from '../../../shared/model/errors.ts';
import { bringBackWhatWasLost, changeConfiguration } from '../configuration/save.ts';
import { readNote } from '../configuration/note.ts';
import { openAccess } from './access.ts';
import { handlers, type CallContext } from './context.ts';

export const sourcesHandlers = {
  add: handlers.sources.add.handler(async ({ input, context }) => {
    const open = () => openAccess(context, input.repository);
    const { result, ...saved } = await changeConfiguration(context, open, () =>
      context.catalog.write('registeredSources.add', context.caller, { source: input.source, atMs: context.nowMs() }),
    );
    context.live.changed(context.caller.tenant);
    return { source: result, ...saved };
  }),
  update: handlers.sources.update.handler(async ({ input, context }) => {
    const open = () => openAccess(context, input.repository);
    const { result, ...saved } = await changeConfiguration(context, open, () =>
      context.catalog.write('registeredSources.update', context.caller, {
        source: input.source,
        atMs: context.nowMs(),
      }),
    );
    context.live.changed(context.caller.tenant);
    return { source: result, ...saved };
  }),
  list: handlers.sources.list.handler(async ({ context }) => {
    if (!(await isConfigured(context))) return { sources: [] };
    return { sources: await context.catalog.read('registeredSources.list', context.caller, null) };
  }),
  find: handlers.sources.find.handler(async ({ input, context }) => {
    const { repository } = input;
    if (repository !== undefined)
      await bringBackWhatWasLost(
        context,
        () => openAccess(context, repository),
        () => undefined,
      );
    if (!(await isConfigured(context))) return null;
    return context.catalog.read('registeredSources.find', context.caller, { name: input.name });
  }),
  remove: handlers.sources.remove.handler(async ({ input, context }) => {
    const open = () => openAccess(context, input.repository);
    const { result, ...saved } = await changeConfiguration(context, open, () =>
      context.catalog.write('registeredSources.remove', context.caller, { name: input.name }),
    );
    context.live.changed(context.caller.tenant);
    return { source: result, ...saved };
  }),
  approve: handlers.sources.approve.handler(async ({ input, context }) => {
    if (!(await isConfigured(context)))
      throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${input.name}.`);
    const atMs = context.nowMs();
    const approved = await context.catalog.write('registeredSources.approve', context.caller, {
      name: input.name,
      commands: input.commands ?? null,
      atMs,
    });
    context.live.changed(context.caller.tenant);
    return approved;
  }),
};

/**
 * Whether there is anything to look up in the catalog, which is not opened for the answer no. CONFIGURATION_LOST where
 * there was a configuration and the catalog has it no more.
 */
export async function isConfigured({
  home,
  caller,
  catalog,
}: Pick<CallContext, 'home' | 'caller' | 'catalog'>): Promise<boolean> {
  const note = (await readNote(home))?.of(caller.tenant) ?? null;
  if (note === null) return false;
  if ((await catalog.read('configuration.state', caller, null)) !== null) return true;
  if (!note.saved) return false;
  throw new HoldfastError('CONFIGURATION_LOST', 'The catalog does not hold the configuration of this home any more.');
}

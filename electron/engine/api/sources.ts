import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { SourceDefinition, SourceSecret } from '../../../shared/contract/sources.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { withException, withoutException, type SourceException } from '../../../shared/model/source-exceptions.ts';
import { bringBackWhatWasLost, changeConfiguration } from '../configuration/save.ts';
import { openAccess } from './access.ts';
import { githubPreview } from './github-preview.ts';
import { refuseTakenByImages } from './images/images-of.ts';
import { refuseSsh, serversOf } from './remote-source.ts';
import { checkSource } from './source-check.ts';
import { handlers, type CallContext } from './context.ts';
import { ownEndpoint, rememberEndpoint } from './entered-endpoints.ts';
import { isConfigured } from './is-configured.ts';

export const sourcesHandlers = {
  preview: handlers.sources.preview.handler(({ input, context, signal }) =>
    githubPreview(context, input.source, input.secrets, signal ?? new AbortController().signal),
  ),
  check: handlers.sources.check.handler(async ({ input, context, signal }) => {
    const known = await isConfigured(context);
    const source = known ? await context.catalog.read('registeredSources.find', context.caller, input) : null;
    if (source === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${input.name}.`);
    return checkSource(context, source, signal ?? new AbortController().signal);
  }),
  add: handlers.sources.add.handler(async ({ input, context }) => {
    const { source } = input;
    const open = () => openAccess(context, input.repository);
    await refuseBeyond(context, source);
    const { result, ...saved } = await changeConfiguration(context, open, async () => {
      const { catalog, caller, nowMs } = context;
      // Before its secrets take the place of those of another source.
      if ((await catalog.read('registeredSources.find', caller, { name: source.name })) !== null)
        throw new HoldfastError('SOURCE_EXISTS', `A source called ${source.name} is registered already.`);
      refuseTakenByImages(source, await catalog.read('registeredSources.list', caller, null));
      const secretsKept = await keepSecrets(context, source, input.secrets);
      await rememberEndpoint(context.home, caller.tenant, source);
      return { secretsKept, added: await catalog.write('registeredSources.add', caller, { source, atMs: nowMs() }) };
    });
    context.live.changed(context.caller.tenant);
    return { source: result.added, secretsKept: result.secretsKept, ...saved };
  }),
  update: handlers.sources.update.handler(async ({ input, context }) => {
    const open = () => openAccess(context, input.repository);
    const { source } = input;
    await refuseBeyond(context, source);
    const { result, ...saved } = await changeConfiguration(context, open, async () => {
      const { catalog, caller, nowMs, home } = context;
      const before = await catalog.read('registeredSources.find', caller, { name: source.name });
      refuseTakenByImages(source, await catalog.read('registeredSources.list', caller, null));
      const after = await catalog.write('registeredSources.update', caller, { source, atMs: nowMs() });
      // Whoever changes something else has not looked at it.
      if (before !== null && ownEndpoint(before) !== ownEndpoint(source))
        await rememberEndpoint(home, caller.tenant, source);
      return after;
    });
    const secretsKept = await keepSecrets(context, source, input.secrets);
    context.live.changed(context.caller.tenant);
    return { source: result, secretsKept, ...saved };
  }),
  accept: handlers.sources.accept.handler(async ({ input, context }) => {
    const { part, reason, until } = input;
    const acceptedAt = new Date(context.nowMs()).toISOString();
    return changeExceptions(context, input, (all) => withException(all, { part, reason, acceptedAt, until }));
  }),
  withdraw: handlers.sources.withdraw.handler(({ input, context }) =>
    changeExceptions(context, input, (all) => {
      const left = withoutException(all, input.part);
      if (left.length < all.length) return left;
      throw new HoldfastError('BAD_USAGE', `Nothing called ${input.part} was accepted for ${input.name}.`);
    }),
  ),
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
    await context.sourceSecrets.forget({ tenant: context.caller.tenant, source: input.name });
    context.live.changed(context.caller.tenant);
    return { source: result, secretsKept: null, ...saved };
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
    await rememberEndpoint(context.home, context.caller.tenant, approved);
    context.live.changed(context.caller.tenant);
    return approved;
  }),
};

/** Said when it is entered: a run would meet it in any case. TENANT_BOUND. */
async function refuseBeyond(context: CallContext, source: SourceDefinition): Promise<void> {
  const { bounds } = context;
  if (source.kind === 'folder') await bounds.folders(source.paths);
  if ('mirrors' in source && source.mirrors !== null) await bounds.folders([source.mirrors]);
  if (source.kind === 'git') await refuseSsh(context, source.urls);
  const kinds = [source.commands.before?.kind, source.commands.after?.kind];
  if (kinds.some((kind) => kind === 'command' || kind === 'shell')) await bounds.commands('A hook');
}

async function changeExceptions(
  context: CallContext,
  { name, repository }: { readonly name: string; readonly repository: RepositoryAccess },
  change: (all: readonly SourceException[]) => readonly SourceException[],
) {
  const { catalog, caller, nowMs } = context;
  const open = () => openAccess(context, repository);
  const { result, ...saved } = await changeConfiguration(context, open, async () => {
    const found = await catalog.read('registeredSources.find', caller, { name });
    if (found === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
    const { addedAt: _at, addedBy: _by, approved: _approved, ...source } = found;
    if (source.kind === 'folder' || source.kind === 's3-bucket' || source.kind === 'ec2')
      throw new HoldfastError('BAD_USAGE', `Of a ${source.kind} source nothing is accepted by name.`);
    const exceptions = [...change(source.exceptions)];
    return catalog.write('registeredSources.update', caller, { source: { ...source, exceptions }, atMs: nowMs() });
  });
  context.live.changed(caller.tenant);
  return { source: result, secretsKept: null, ...saved };
}

/** BAD_USAGE for a source that has none of its own. */
async function keepSecrets(
  { sourceSecrets, caller: { tenant } }: CallContext,
  source: SourceDefinition,
  secrets: readonly SourceSecret[],
): Promise<'store' | 'environment' | null> {
  if (secrets.length > 0 && source.kind === 'folder')
    throw new HoldfastError('BAD_USAGE', 'A folder source is read without a secret.');
  if (secrets.length > 0 && source.kind === 'ec2')
    throw new HoldfastError('BAD_USAGE', 'A source in AWS is reached by an account, which holds the secret.');
  if (secrets.length > 0 && source.kind === 's3-bucket')
    throw new HoldfastError('BAD_USAGE', 'A bucket is read as an AWS account, whose secrets are the account’s own.');
  return sourceSecrets.keep({ tenant, source: source.name }, serversOf(source), secrets);
}

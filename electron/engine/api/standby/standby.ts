import { randomBytes } from 'node:crypto';
import type {
  Standby,
  StandbyDefinition,
  StandbyRunResult,
  StandbySettings,
} from '../../../../shared/contract/standby.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { defaultLagLimitMs, defaultVersions } from '../../../../shared/model/standby.ts';
import { changeConfiguration } from '../../configuration/save.ts';
import { openAccess } from '../access.ts';
import { handlers, type CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import { noteQuietly } from '../site-upkeep.ts';
import { streamJob } from '../stream-job.ts';
import { claimTarget } from './claim.ts';
import { standbyDemand } from './demand.ts';
import { knownStandbys, mustFindStandby, presentStandby, standbyJob, type KnownStandby } from './facts.ts';
import { workingStandbys } from './rounds.ts';
import { judgeStandby, noteConfirmed, runStandby } from './run-standby.ts';

export const standbyHandlers = {
  list: handlers.standby.list.handler(async ({ input, context }) => {
    const all = await allStandbys(context);
    const own = input.source === undefined ? all : all.filter(({ row }) => row.definition.source === input.source);
    return { standbys: own.map(presentStandby) };
  }),
  add: handlers.standby.add.handler(async ({ input, context, signal }) => {
    const { name, source, host, target, settings } = input;
    const repository = await openAccess(context, input.repository);
    const quiet = { signal: signal ?? new AbortController().signal, onNotice: () => undefined };
    await noteQuietly(context, repository, quiet);
    const all = await allStandbys(context);
    if (all.some(({ row }) => row.definition.name === name))
      throw new HoldfastError('STANDBY_EXISTS', `There is a standby called ${name} already.`);
    const id = randomBytes(8).toString('hex');
    const definition: StandbyDefinition = { ...withDefaults(settings), id, name, source, host, target };
    await mustSayHost(context, definition);
    const claimed = { ...definition, target: await claimTarget(context, definition, all) };
    const { result, ...saved } = await changeConfiguration(
      context,
      () => Promise.resolve(repository),
      () => context.catalog.write('standbys.add', context.caller, { definition: claimed, atMs: context.nowMs() }),
    );
    await noteConfirmed(context, result.definition);
    context.rePlan();
    return { standby: await one(context, name), ...saved };
  }),
  update: handlers.standby.update.handler(async ({ input, context }) => {
    const open = () => openAccess(context, input.repository);
    const { result: _row, ...saved } = await changeConfiguration(context, open, async () => {
      const { row } = mustFindStandby(await allStandbys(context), input.name);
      const definition = { ...row.definition, ...given(input.settings) };
      return context.catalog.write('standbys.update', context.caller, { definition });
    });
    context.rePlan();
    return { standby: await one(context, input.name), ...saved };
  }),
  confirm: handlers.standby.confirm.handler(async ({ input, context }) => {
    const all = await allStandbys(context);
    const { row, facts } = mustFindStandby(all, input.name);
    await claimTarget(context, row.definition, all);
    if (!facts.confirmed) await noteConfirmed(context, row.definition);
    context.rePlan();
    return one(context, input.name);
  }),
  remove: handlers.standby.remove.handler(async ({ input, context }) => {
    const open = () => openAccess(context, input.repository);
    const { result: _row, ...saved } = await changeConfiguration(context, open, () =>
      context.catalog.write('standbys.remove', context.caller, { name: input.name }),
    );
    context.rePlan();
    return saved;
  }),
  run: handlers.standby.run.handler(async function* ({ input, context, signal }) {
    const { name, detach, repository = null } = input;
    const known = mustFindStandby(await allStandbys(context), name);
    const demand = await standbyDemand(context, known, repository);
    const job = { kind: standbyJob, title: name, priority: 'normal' as const, ...demand, detach, judge: judgeStandby };
    yield* streamJob<StandbyRunResult>({ context, signal }, job, (voice) =>
      runStandby(context, { name, repository, looksOnly: false, putsRight: true }, voice),
    );
  }),
};

async function allStandbys(context: CallContext): Promise<readonly KnownStandby[]> {
  if (!(await isConfigured(context))) return [];
  return knownStandbys({ ...context, nowMs: context.nowMs() }, workingStandbys(context));
}

async function one(context: CallContext, name: string): Promise<Standby> {
  return presentStandby(mustFindStandby(await allStandbys(context), name));
}

/** Two machines may call different things the same. */
async function mustSayHost({ catalog, caller }: CallContext, { source, host }: StandbyDefinition): Promise<void> {
  const hosts = await catalog.read('standbys.hosts', caller, { source });
  if (host !== null && !hosts.includes(host) && hosts.length > 0)
    throw new HoldfastError('BAD_USAGE', `No snapshot of ${source} was taken on ${host}, but on ${hosts.join(', ')}.`);
  if (host === null && hosts.length > 1)
    throw new HoldfastError('BAD_USAGE', `${source} was taken on ${hosts.join(', ')}: say on which.`);
}

type Given = { readonly [Key in keyof StandbySettings]?: StandbySettings[Key] | undefined };

function withDefaults(settings: Given): StandbySettings {
  const usual = { versions: defaultVersions, keepChanges: false, lagLimitMs: defaultLagLimitMs, enabled: true };
  return { ...usual, ...given(settings) };
}

function given(settings: Given): Partial<StandbySettings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

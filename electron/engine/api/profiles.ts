import type { Profile } from '../../../shared/contract/profiles.ts';
import { effectiveProfile } from '../../../shared/model/effective-profile.ts';
import { rpoOf } from '../../../shared/model/implied-rpo.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import type { AssignmentRow, ProfileRow } from '../catalog/profiles.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { machineZone } from '../platform/machine-zone.ts';
import { openAccess } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { lossesOf, previewProfile } from './profile-preview.ts';
import { isConfigured } from './is-configured.ts';

export const profilesHandlers = {
  list: handlers.profiles.list.handler(async ({ context }) => {
    if (!(await isConfigured(context))) return { profiles: [], assignments: [], effective: [] };
    const { rows, assignments, effective } = await readAll(context);
    return {
      profiles: rows.map((row) => present(row, effective)),
      assignments: assignments.map(presentAssignment),
      effective,
    };
  }),
  presets: handlers.profiles.presets.handler(() => ({
    presets: Object.values(presets).map((preset) => ({ ...preset })),
  })),
  add: handlers.profiles.add.handler(async ({ input, context }) => {
    const { result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => context.catalog.write('profiles.add', context.caller, { definition: input.profile, atMs: context.nowMs() }),
    );
    return { profile: await presentChanged(context, result), ...saved };
  }),
  update: handlers.profiles.update.handler(async ({ input: { id: profile, ...input }, context }) => {
    const change = { profile, definition: input.profile, atMs: context.nowMs() };
    const { result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => context.catalog.write('profiles.update', context.caller, change),
    );
    return { profile: await presentChanged(context, result), ...saved };
  }),
  remove: handlers.profiles.remove.handler(async ({ input, context }) => {
    const { result: _result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => context.catalog.write('profiles.remove', context.caller, { profile: input.id }),
    );
    context.rePlan();
    context.live.changed(context.caller.tenant);
    return saved;
  }),
  assign: handlers.profiles.assign.handler(async ({ input: { repository, ...assignment }, context }) => {
    const { result: _result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, repository),
      () => context.catalog.write('profiles.assign', context.caller, { ...assignment, assignedAtMs: context.nowMs() }),
    );
    context.rePlan();
    context.live.changed(context.caller.tenant);
    return saved;
  }),
  preview: handlers.profiles.preview.handler(({ input, context }) => previewProfile(context, input)),
  losses: handlers.profiles.losses.handler(({ input, context }) => lossesOf(context, input)),
};

type Effective = {
  readonly source: string;
  readonly profile: string | null;
  readonly from: Pick<AssignmentRow, 'scope' | 'subject'> | null;
};

async function readAll({ catalog, caller }: CallContext): Promise<{
  readonly rows: readonly ProfileRow[];
  readonly assignments: readonly AssignmentRow[];
  readonly effective: Effective[];
}> {
  const [rows, assignments, sources] = await Promise.all([
    catalog.read('profiles.list', caller, null),
    catalog.read('profiles.assignments', caller, null),
    catalog.read('registeredSources.list', caller, null),
  ]);
  const effective = sources.map((source) => {
    const from = effectiveProfile(source, assignments);
    return {
      source: source.name,
      profile: from?.profile ?? null,
      from: from === null ? null : { scope: from.scope, subject: from.subject },
    };
  });
  return { rows, assignments, effective };
}

async function presentChanged(context: CallContext, row: ProfileRow): Promise<Profile> {
  context.live.changed(context.caller.tenant);
  const { effective } = await readAll(context);
  return present(row, effective);
}

function present(row: ProfileRow, effective: readonly Effective[]): Profile {
  const { profile, definition, author, createdAtMs, updatedAtMs } = row;
  return {
    ...definition,
    id: profile,
    createdAt: new Date(createdAtMs).toISOString(),
    createdBy: author,
    updatedAt: new Date(updatedAtMs).toISOString(),
    effectiveRpoMs: rpoOf({ rpoMs: null }, definition, machineZone()),
    sources: effective.filter((one) => one.profile === profile).map(({ source }) => source),
  };
}

function presentAssignment({ scope, subject, profile, assignedAtMs, author }: AssignmentRow) {
  return { scope, subject, profile, assignedAt: new Date(assignedAtMs).toISOString(), assignedBy: author };
}

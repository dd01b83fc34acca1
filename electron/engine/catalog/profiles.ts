/** Profiles, and what each is given to. All of it is configuration: it is saved in the repository. */
import { randomBytes } from 'node:crypto';
import { configurationLimits as limits, namePattern } from '../../../shared/model/configuration.ts';
import type { CopyTarget } from '../../../shared/model/compliance.ts';
import type { DrillRule } from '../../../shared/model/drills.ts';
import { effectiveProfile } from '../../../shared/model/effective-profile.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { profileProblems } from '../../../shared/model/profile-check.ts';
import type { AssignmentScope, ProfileDefinition, ProfilePeriod } from '../../../shared/model/profile.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

/** Times are epoch milliseconds. */
export type ProfileRow = {
  /** 16 hexadecimal digits. */
  readonly profile: string;
  readonly definition: ProfileDefinition;
  /** Since when each period is part of it as it is, by its id: nothing before is missed. */
  readonly since: Readonly<Record<string, number>>;
  readonly author: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
};

export type AssignmentRow = {
  readonly scope: AssignmentScope;
  /** Name of a source, a tag, or '' for the tenant. */
  readonly subject: string;
  readonly profile: string;
  readonly author: string;
  readonly assignedAtMs: number;
};

type StoredRow = Omit<ProfileRow, 'definition' | 'since'> & { readonly definition: string; readonly since: string };

const columns = 'profile, definition, since, actor AS author, created_at AS createdAtMs, updated_at AS updatedAtMs';
const assignmentColumns = 'scope, subject, profile, actor AS author, assigned_at AS assignedAtMs';

export const profiles = {
  writes: {
    /** PROFILE_INVALID, PROFILE_EXISTS. */
    add(scope: Scope, { definition, atMs }: { definition: ProfileDefinition; atMs: number }): ProfileRow {
      const { sql, caller } = scope;
      mustBeSound(definition);
      mustBeFree(scope, definition.name, null);
      refuseMoreThan(scope, 'profiles', limits.profiles);
      const row = {
        profile: randomBytes(8).toString('hex'),
        definition,
        since: sinceOf(definition, null, atMs),
        author: caller.actor,
        createdAtMs: atMs,
        updatedAtMs: atMs,
      };
      insertProfile(sql, caller.tenant, row);
      advanceRevision(scope);
      return row;
    },

    /** A period that is new, or comes at other times, counts from now on. PROFILE_UNKNOWN, PROFILE_INVALID, PROFILE_EXISTS. */
    update(
      scope: Scope,
      { profile, definition: given, atMs }: { profile: string; definition: ProfileDefinition; atMs: number },
    ): ProfileRow {
      const before = mustFind(scope, profile);
      const { drill = before.definition.drill ?? null, copies = before.definition.copies ?? null } = given;
      const definition = { ...given, drill, copies };
      mustBeSound(definition);
      mustBeFree(scope, definition.name, profile);
      const row = { ...before, definition, since: sinceOf(definition, before, atMs), updatedAtMs: atMs };
      scope
        .sql('UPDATE profiles SET name = ?, definition = ?, since = ?, updated_at = ? WHERE tenant = ? AND profile = ?')
        .run(
          definition.name,
          JSON.stringify(definition),
          JSON.stringify(row.since),
          atMs,
          scope.caller.tenant,
          profile,
        );
      advanceRevision(scope);
      return row;
    },

    /** PROFILE_UNKNOWN. */
    setDrill(scope: Scope, { profile, drill, atMs }: { profile: string; drill: DrillRule | null; atMs: number }): void {
      const definition = { ...mustFind(scope, profile).definition, drill };
      scope
        .sql('UPDATE profiles SET definition = ?, updated_at = ? WHERE tenant = ? AND profile = ?')
        .run(JSON.stringify(definition), atMs, scope.caller.tenant, profile);
      advanceRevision(scope);
    },

    /** PROFILE_UNKNOWN. */
    setCopies(
      scope: Scope,
      { profile, copies, atMs }: { profile: string; copies: CopyTarget | null; atMs: number },
    ): void {
      const definition = { ...mustFind(scope, profile).definition, copies };
      scope
        .sql('UPDATE profiles SET definition = ?, updated_at = ? WHERE tenant = ? AND profile = ?')
        .run(JSON.stringify(definition), atMs, scope.caller.tenant, profile);
      advanceRevision(scope);
    },

    /** PROFILE_UNKNOWN, PROFILE_IN_USE. */
    remove(scope: Scope, { profile }: { profile: string }): ProfileRow {
      const { sql, caller } = scope;
      const row = mustFind(scope, profile);
      const given = allAssignments(scope).filter((one) => one.profile === profile);
      const [first, ...others] = given;
      if (first !== undefined) {
        const more = others.length === 0 ? '' : `, and ${others.length} more`;
        const text = `The profile ${row.definition.name} is given to ${subjectWords(first)}${more}.`;
        throw new HoldfastError('PROFILE_IN_USE', text);
      }
      sql('DELETE FROM profiles WHERE tenant = ? AND profile = ?').run(caller.tenant, profile);
      advanceRevision(scope);
      return row;
    },

    /** With null, what is less particular counts again. PROFILE_UNKNOWN, SOURCE_UNKNOWN. */
    assign(scope: Scope, input: Omit<AssignmentRow, 'author' | 'profile'> & { profile: string | null }): void {
      const { sql, caller } = scope;
      const { scope: kind, subject, profile, assignedAtMs } = input;
      if (profile === null) {
        // Also where the source is gone.
        sql('DELETE FROM profile_assignments WHERE tenant = ? AND scope = ? AND subject = ?').run(
          caller.tenant,
          kind,
          subject,
        );
      } else {
        mustFind(scope, profile);
        mustBeSubject(scope, kind, subject);
        refuseMoreThan(scope, 'profile_assignments', limits.assignments);
        insertAssignment(sql, caller.tenant, { scope: kind, subject, profile, author: caller.actor, assignedAtMs });
      }
      advanceRevision(scope);
    },
  },

  reads: {
    /** All of them, by name: there is a limit to their number. */
    list({ sql, caller }: Scope, _input: null): ProfileRow[] {
      const rows = sql<StoredRow>(`SELECT ${columns} FROM profiles WHERE tenant = ? ORDER BY name`);
      return rows.all(caller.tenant).map(present);
    },

    find(scope: Scope, { profile }: { profile: string }): ProfileRow | null {
      return find(scope, profile);
    },

    /** All of them: there is a limit to their number. */
    assignments(scope: Scope, _input: null): AssignmentRow[] {
      return allAssignments(scope);
    },

    /** The profile that counts for a source, and from where; null where none does. */
    effective(
      scope: Scope,
      source: { readonly name: string; readonly tags: readonly string[] },
    ): { readonly profile: ProfileRow; readonly from: AssignmentRow } | null {
      const from = effectiveProfile(source, allAssignments(scope));
      const profile = from === null ? null : find(scope, from.profile);
      return from === null || profile === null ? null : { profile, from };
    },
  },
};

export function insertProfile(sql: Scope['sql'], tenant: string, row: ProfileRow): void {
  sql(
    `INSERT INTO profiles (profile, tenant, actor, name, definition, since, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    row.profile,
    tenant,
    row.author,
    row.definition.name,
    JSON.stringify(row.definition),
    JSON.stringify(row.since),
    row.createdAtMs,
    row.updatedAtMs,
  );
}

export function insertAssignment(sql: Scope['sql'], tenant: string, row: AssignmentRow): void {
  sql(
    `INSERT OR REPLACE INTO profile_assignments (tenant, actor, scope, subject, profile, assigned_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  ).run(tenant, row.author, row.scope, row.subject, row.profile, row.assignedAtMs);
}

function sinceOf(
  definition: ProfileDefinition,
  before: Pick<ProfileRow, 'definition' | 'since'> | null,
  atMs: number,
): Record<string, number> {
  const isSameZone = before?.definition.zone === definition.zone;
  const had = (period: ProfilePeriod): number | undefined => {
    const earlier = before?.definition.periods.find(({ id }) => id === period.id);
    const isSame = isSameZone && JSON.stringify(earlier?.rule) === JSON.stringify(period.rule);
    return isSame ? before?.since[period.id] : undefined;
  };
  return Object.fromEntries(definition.periods.map((period) => [period.id, had(period) ?? atMs]));
}

function mustBeSound(definition: ProfileDefinition): void {
  const problems = profileProblems(definition);
  if (problems.length > 0) throw new HoldfastError('PROFILE_INVALID', problems.join(' '));
}

function mustBeFree({ sql, caller }: Scope, name: string, own: string | null): void {
  const row = sql<{ profile: string }>('SELECT profile FROM profiles WHERE tenant = ? AND name = ?').get(
    caller.tenant,
    name,
  );
  if (row !== undefined && row.profile !== own)
    throw new HoldfastError('PROFILE_EXISTS', `A profile called ${name} is there already.`);
}

function mustBeSubject({ sql, caller }: Scope, kind: AssignmentScope, subject: string): void {
  if (kind === 'tenant' && subject !== '')
    throw new HoldfastError('BAD_USAGE', 'What is given to the tenant is given to all of it, not to one by name.');
  if (kind === 'tag' && !namePattern.test(subject))
    throw new HoldfastError('BAD_USAGE', `${subject} is no tag: they are of letters, digits, spaces and . _ @ + -.`);
  if (kind !== 'source') return;
  const row = sql('SELECT 1 FROM registered_sources WHERE tenant = ? AND name = ?').get(caller.tenant, subject);
  if (row === undefined) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${subject}.`);
}

function refuseMoreThan({ sql, caller }: Scope, table: 'profiles' | 'profile_assignments', limit: number): void {
  const { count } = sql<{ count: number }>(`SELECT count(*) AS count FROM ${table} WHERE tenant = ?`).get(
    caller.tenant,
  ) ?? { count: 0 };
  if (count < limit) return;
  const what = table === 'profiles' ? 'profiles' : 'assignments of profiles';
  throw new HoldfastError('BAD_USAGE', `There are ${count} ${what} already, which is as many as there can be.`);
}

function subjectWords({ scope, subject }: AssignmentRow): string {
  return scope === 'tenant' ? 'everything' : `the ${scope} ${subject}`;
}

function allAssignments({ sql, caller }: Scope): AssignmentRow[] {
  return sql<AssignmentRow>(
    `SELECT ${assignmentColumns} FROM profile_assignments WHERE tenant = ? ORDER BY scope, subject`,
  ).all(caller.tenant);
}

function find({ sql, caller }: Scope, profile: string): ProfileRow | null {
  const row = sql<StoredRow>(`SELECT ${columns} FROM profiles WHERE tenant = ? AND profile = ?`).get(
    caller.tenant,
    profile,
  );
  return row === undefined ? null : present(row);
}

function mustFind(scope: Scope, profile: string): ProfileRow {
  const row = find(scope, profile);
  if (row !== null) return row;
  throw new HoldfastError('PROFILE_UNKNOWN', `There is no profile ${profile}.`);
}

function present({ definition, since, ...row }: StoredRow): ProfileRow {
  return {
    ...row,
    definition: JSON.parse(definition) as ProfileDefinition,
    since: JSON.parse(since) as Record<string, number>,
  };
}

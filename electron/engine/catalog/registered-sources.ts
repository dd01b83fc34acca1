/** Sources that were registered under a name, with all that a run needs to know. */
import { configurationLimits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { hasAnyCommand, hooksFromStored, runsTheSame } from '../../../shared/model/hooks.ts';
import { verifyEveryDays } from '../../../shared/model/mirror-checks.ts';
import type { RegisteredSource, SourceDefinition } from '../../../shared/contract/sources.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

export type StoredSource = {
  readonly definition: SourceDefinition;
  readonly actor: string;
  readonly addedAtMs: number;
};

type Row = {
  readonly actor: string;
  readonly definition: string;
  readonly addedAtMs: number;
  readonly approvedAtMs: number | null;
};

const columns = 'actor, definition, added_at AS addedAtMs, approved_at AS approvedAtMs';

export const registeredSources = {
  writes: {
    /** Whoever types a command in here has approved it. SOURCE_EXISTS. */
    add(scope: Scope, { source, atMs }: { source: SourceDefinition; atMs: number }): RegisteredSource {
      const { sql, caller } = scope;
      if (find(scope, source.name) !== null)
        throw new HoldfastError('SOURCE_EXISTS', `A source called ${source.name} is registered already.`);
      const { count } = sql<{ count: number }>('SELECT count(*) AS count FROM registered_sources WHERE tenant = ?').get(
        caller.tenant,
      ) ?? { count: 0 };
      if (count >= configurationLimits.sources)
        throw new HoldfastError('BAD_USAGE', `There are ${count} sources already, which is as many as there can be.`);
      insertSource(
        sql,
        caller.tenant,
        { definition: source, actor: caller.actor, addedAtMs: atMs },
        {
          actor: caller.actor,
          atMs,
        },
      );
      advanceRevision(scope);
      return mustFind(scope, source.name);
    },

    /**
     * Another definition under the same name. Who types other commands in here has approved them, but not one that
     * came from elsewhere and stays; a definition without any leaves nothing approved that might come back later.
     * SOURCE_UNKNOWN.
     */
    update(scope: Scope, { source, atMs }: { source: SourceDefinition; atMs: number }): RegisteredSource {
      const { sql, caller } = scope;
      const before = mustFind(scope, source.name);
      sql('UPDATE registered_sources SET kind = ?, definition = ? WHERE tenant = ? AND name = ?').run(
        source.kind,
        JSON.stringify(source),
        caller.tenant,
        source.name,
      );
      if (!isSameCommands(before.commands, source.commands)) {
        const isApproved = hasAnyCommand(source.commands) && !keepsUnapproved(before, source.commands);
        sql('UPDATE registered_sources SET approved_by = ?, approved_at = ? WHERE tenant = ? AND name = ?').run(
          isApproved ? caller.actor : null,
          isApproved ? atMs : null,
          caller.tenant,
          source.name,
        );
      }
      advanceRevision(scope);
      return mustFind(scope, source.name);
    },

    /** Snapshots of it are not touched. SOURCE_UNKNOWN. */
    remove(scope: Scope, { name }: { name: string }): RegisteredSource {
      const source = mustFind(scope, name);
      const { tenant } = scope.caller;
      scope.sql('DELETE FROM registered_sources WHERE tenant = ? AND name = ?').run(tenant, name);
      // What is called the same one day must not get it unasked.
      scope
        .sql("DELETE FROM profile_assignments WHERE tenant = ? AND scope = 'source' AND subject = ?")
        .run(tenant, name);
      scope.sql('DELETE FROM source_findings WHERE tenant = ? AND source = ?').run(tenant, name);
      advanceRevision(scope);
      return source;
    },

    /** A fact about this machine, which no other one learns of. `commands`: null for whatever is there. */
    approve(
      scope: Scope,
      { name, commands, atMs }: { name: string; commands: Commands | null; atMs: number },
    ): RegisteredSource {
      const source = mustFind(scope, name);
      if (commands !== null && !isSameCommands(commands, source.commands))
        throw new HoldfastError('BAD_USAGE', `The hooks of ${name} are not those that were read: look at them again.`);
      const { tenant, actor } = scope.caller;
      scope
        .sql('UPDATE registered_sources SET approved_by = ?, approved_at = ? WHERE tenant = ? AND name = ?')
        .run(actor, atMs, tenant, name);
      return mustFind(scope, name);
    },
  },

  reads: {
    find(scope: Scope, { name }: { name: string }): RegisteredSource | null {
      return find(scope, name);
    },

    /** All of them: there is a limit to their number. */
    list({ sql, caller }: Scope, _input: null): RegisteredSource[] {
      const rows = sql<Row>(`SELECT ${columns} FROM registered_sources WHERE tenant = ? ORDER BY name`);
      return rows.all(caller.tenant).map(present);
    },
  },
};

export function insertSource(
  sql: Scope['sql'],
  tenant: string,
  { definition, actor, addedAtMs }: StoredSource,
  approved: { readonly actor: string; readonly atMs: number } | null,
): void {
  sql(
    `INSERT INTO registered_sources (tenant, actor, name, kind, definition, added_at, approved_by, approved_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    tenant,
    actor,
    definition.name,
    definition.kind,
    JSON.stringify(definition),
    addedAtMs,
    approved?.actor ?? null,
    approved?.atMs ?? null,
  );
}

type Commands = SourceDefinition['commands'];

function isSameCommands(before: Commands, after: Commands): boolean {
  const [known, wanted] = [before, after].map(({ checks = [] }) => JSON.stringify(checks));
  return runsTheSame(before.before, after.before) && runsTheSame(before.after, after.after) && known === wanted;
}

function keepsUnapproved({ approved, commands }: RegisteredSource, after: Commands): boolean {
  if (approved !== false) return false;
  const known = [commands.before, commands.after].filter((hook) => hook !== null);
  const checks = new Set((commands.checks ?? []).map((check) => JSON.stringify(check)));
  return (
    [after.before, after.after].some((hook) => known.some((one) => runsTheSame(one, hook))) ||
    (after.checks ?? []).some((check) => checks.has(JSON.stringify(check)))
  );
}

function find({ sql, caller }: Scope, name: string): RegisteredSource | null {
  const row = sql<Row>(`SELECT ${columns} FROM registered_sources WHERE tenant = ? AND name = ?`).get(
    caller.tenant,
    name,
  );
  return row === undefined ? null : present(row);
}

function mustFind(scope: Scope, name: string): RegisteredSource {
  const source = find(scope, name);
  if (source !== null) return source;
  throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
}

/** What earlier versions wrote has neither tags nor a target of its own, lines of text for commands, and no checks. */
type StoredDefinition = SourceDefinition & Partial<Pick<SourceDefinition, 'tags' | 'rpoMs'>>;

function withoutGaps(stored: StoredDefinition): SourceDefinition {
  const commands = hooksFromStored(stored.commands) as Commands;
  const source = { ...stored, tags: stored.tags ?? [], rpoMs: stored.rpoMs ?? null, commands };
  return source.kind === 'git' || source.kind === 'github' ? { ...mirrorDefaults, ...source } : source;
}

const mirrorDefaults = { verifyEveryDays: verifyEveryDays.usual, exceptions: [] };

function present({ actor, definition, addedAtMs, approvedAtMs }: Row): RegisteredSource {
  const source = withoutGaps(JSON.parse(definition) as StoredDefinition);
  const approved = hasAnyCommand(source.commands) ? approvedAtMs !== null : null;
  return { ...source, addedAt: new Date(addedAtMs).toISOString(), addedBy: actor, approved };
}

/** Accounts of AWS that were registered under a name. All but approval is configuration: it is saved in the repository. */
import type { AwsAccountDefinition, AwsIdentity } from '../../../shared/contract/aws-accounts.ts';
import { accountsNamedBy } from '../../../shared/model/aws.ts';
import { configurationLimits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Scope } from './operations.ts';
import { registeredSources } from './registered-sources.ts';
import { advanceRevision } from './revision.ts';

/** Times are epoch milliseconds. */
export type AwsAccountRow = {
  readonly definition: AwsAccountDefinition;
  readonly addedBy: string;
  readonly addedAtMs: number;
  readonly changedBy: string;
  readonly changedAtMs: number;
  /** When its secret was entered; null: it has none. */
  readonly secretAtMs: number | null;
  readonly identity: AwsIdentity | null;
};

export type KnownAwsAccount = AwsAccountRow & {
  readonly approved: boolean;
  /** When what it was last signed in with ends. */
  readonly signedInUntilMs: number | null;
  readonly usedBy: readonly string[];
};

type StoredRow = Omit<KnownAwsAccount, 'definition' | 'identity' | 'approved' | 'usedBy'> & {
  readonly definition: string;
  readonly identity: string | null;
  readonly approvedAtMs: number | null;
};

const columns = `definition, added_by AS addedBy, added_at AS addedAtMs, actor AS changedBy, changed_at AS changedAtMs,
  secret_at AS secretAtMs, identity, ends_at AS signedInUntilMs, approved_at AS approvedAtMs`;

type Change = {
  readonly account: AwsAccountDefinition;
  /** Null: nobody could say now; what was known counts on. */
  readonly identity: AwsIdentity | null;
  readonly isSecretNew: boolean;
  readonly atMs: number;
};

export const awsAccounts = {
  writes: {
    /** Whoever enters it here has approved it. AWS_ACCOUNT_EXISTS. */
    add(scope: Scope, { account, identity, isSecretNew, atMs }: Change): KnownAwsAccount {
      const { sql, caller } = scope;
      if (find(scope, account.name) !== null)
        throw new HoldfastError('AWS_ACCOUNT_EXISTS', `An AWS account called ${account.name} is registered already.`);
      const { count } = sql<{ count: number }>('SELECT count(*) AS count FROM aws_accounts WHERE tenant = ?').get(
        caller.tenant,
      ) ?? { count: 0 };
      if (count >= configurationLimits.awsAccounts)
        throw new HoldfastError('BAD_USAGE', `There are ${count} AWS accounts already, as many as there can be.`);
      const { actor } = caller;
      const by = { addedBy: actor, addedAtMs: atMs, changedBy: actor, changedAtMs: atMs };
      const row = { definition: account, ...by, secretAtMs: isSecretNew ? atMs : null, identity };
      insertAwsAccount(sql, caller.tenant, row, { actor, atMs });
      advanceRevision(scope);
      return mustFind(scope, account.name);
    },

    /**
     * Another definition under the same name. One that came from a repository stays as it is until somebody approves it:
     * whoever changes something of it has not looked at all of it. AWS_ACCOUNT_UNKNOWN.
     */
    update(scope: Scope, { account, identity, isSecretNew, atMs }: Change): KnownAwsAccount {
      const { sql, caller } = scope;
      const before = mustFind(scope, account.name);
      sql(
        `UPDATE aws_accounts SET actor = ?, definition = ?, changed_at = ?, secret_at = ?, identity = ?, ends_at = NULL
         WHERE tenant = ? AND name = ?`,
      ).run(
        caller.actor,
        JSON.stringify(account),
        atMs,
        account.credentials.kind !== 'keys' ? null : isSecretNew ? atMs : before.secretAtMs,
        jsonOf(identity ?? before.identity),
        caller.tenant,
        account.name,
      );
      advanceRevision(scope);
      return mustFind(scope, account.name);
    },

    /** AWS_ACCOUNT_UNKNOWN, AWS_ACCOUNT_IN_USE. */
    remove(scope: Scope, { name }: { name: string }): KnownAwsAccount {
      const account = mustFind(scope, name);
      const [first, ...others] = account.usedBy;
      if (first !== undefined) {
        const more = others.length === 0 ? '' : ` and ${others.length} more`;
        throw new HoldfastError('AWS_ACCOUNT_IN_USE', `The AWS account ${name} is used by ${first}${more}.`);
      }
      scope.sql('DELETE FROM aws_accounts WHERE tenant = ? AND name = ?').run(scope.caller.tenant, name);
      advanceRevision(scope);
      return account;
    },

    /** A fact about this machine, which no other one learns of. AWS_ACCOUNT_UNKNOWN. */
    approve(scope: Scope, { name, atMs }: { name: string; atMs: number }): KnownAwsAccount {
      const { tenant, actor } = scope.caller;
      mustFind(scope, name);
      scope
        .sql('UPDATE aws_accounts SET approved_by = ?, approved_at = ? WHERE tenant = ? AND name = ?')
        .run(actor, atMs, tenant, name);
      return mustFind(scope, name);
    },

    /** What signing in has told. Of one that is gone meanwhile nothing is noted. */
    noteSignIn(
      scope: Scope,
      { name, identity, untilMs }: { name: string; identity: AwsIdentity | null; untilMs: number | null },
    ): void {
      const { sql, caller } = scope;
      const before = find(scope, name);
      if (before === null) return;
      sql('UPDATE aws_accounts SET ends_at = ?, identity = ? WHERE tenant = ? AND name = ?').run(
        untilMs,
        jsonOf(identity ?? before.identity),
        caller.tenant,
        name,
      );
      // When it was last asked is no change of the configuration.
      if (identity !== null && before.identity?.account !== identity.account) advanceRevision(scope);
    },
  },

  reads: {
    find(scope: Scope, { name }: { name: string }): KnownAwsAccount | null {
      return find(scope, name);
    },

    /** All of them, by name: there is a limit to their number. */
    list(scope: Scope, _input: null): KnownAwsAccount[] {
      const used = usedNames(scope);
      return scope
        .sql<StoredRow>(`SELECT ${columns} FROM aws_accounts WHERE tenant = ? ORDER BY name`)
        .all(scope.caller.tenant)
        .map((row) => present(row, used));
    },
  },
};

export function insertAwsAccount(
  sql: Scope['sql'],
  tenant: string,
  { definition, addedBy, addedAtMs, changedBy, changedAtMs, secretAtMs, identity }: AwsAccountRow,
  approved: { readonly actor: string; readonly atMs: number } | null,
): void {
  sql(
    `INSERT INTO aws_accounts (tenant, name, actor, definition, added_by, added_at, changed_at, secret_at, identity,
       approved_by, approved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    tenant,
    definition.name,
    changedBy,
    JSON.stringify(definition),
    addedBy,
    addedAtMs,
    changedAtMs,
    secretAtMs,
    jsonOf(identity),
    approved?.actor ?? null,
    approved?.atMs ?? null,
  );
}

function find(scope: Scope, name: string): KnownAwsAccount | null {
  const row = scope
    .sql<StoredRow>(`SELECT ${columns} FROM aws_accounts WHERE tenant = ? AND name = ?`)
    .get(scope.caller.tenant, name);
  return row === undefined ? null : present(row, usedNames(scope));
}

function mustFind(scope: Scope, name: string): KnownAwsAccount {
  const account = find(scope, name);
  if (account !== null) return account;
  throw new HoldfastError('AWS_ACCOUNT_UNKNOWN', `No AWS account is registered as ${name}.`);
}

/** Names of sources by the account that they name. */
function usedNames(scope: Scope): ReadonlyMap<string, string[]> {
  const used = new Map<string, string[]>();
  for (const source of registeredSources.reads.list(scope, null))
    for (const account of accountsNamedBy(source)) used.set(account, [...(used.get(account) ?? []), source.name]);
  return used;
}

function present(
  { definition, identity, approvedAtMs, ...row }: StoredRow,
  used: ReadonlyMap<string, string[]>,
): KnownAwsAccount {
  const known = JSON.parse(definition) as AwsAccountDefinition;
  return {
    ...row,
    definition: known,
    identity: identity === null ? null : (JSON.parse(identity) as AwsIdentity),
    approved: approvedAtMs !== null,
    usedBy: used.get(known.name) ?? [],
  };
}

function jsonOf(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

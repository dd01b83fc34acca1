/** What another home needs to take a tenant over, and what of it lies where. Nothing of its data is touched. */
import type { HandOver } from '../../../../shared/contract/tenants.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { saveHere } from '../../configuration/save.ts';
import { readNote } from '../../configuration/note.ts';
import type { TenantRow } from '../../tenants/tenants.ts';
import type { CallContext } from '../context.ts';
import { presentTenant } from './overview.ts';

/** Its configuration is saved in its primary repository first; what keeps it from that is a notice. */
export async function handOver(context: CallContext, row: TenantRow): Promise<HandOver> {
  const { connections, home } = context;
  const scope = { ...context, caller: { tenant: row.tenant, actor: context.caller.actor } };
  const notices: string[] = [];
  const all = await connections.list(scope.caller);
  const primary = all.find((one) => one.primary) ?? null;
  let configured = false;
  if (primary === null) {
    notices.push('It protects into no repository, so that there is no configuration to hand over.');
  } else if (((await readNote(home))?.of(row.tenant) ?? null) === null) {
    notices.push('Nothing of it is configured yet, so that there is no configuration to hand over.');
  } else {
    const before = notices.length;
    try {
      const repository = await connections.open(scope.caller, { id: primary.id });
      await saveHere(scope, repository, (text) => notices.push(text));
      configured = notices.length === before;
    } catch (error) {
      const { message } = toHoldfastError(error);
      notices.push(`Its newest configuration could not be saved in ${primary.name}. ${message}`);
    }
  }
  return {
    tenant: presentTenant(row),
    repositories: all.map(({ id, name, location, primary: isPrimary }) => ({
      id,
      name,
      location,
      primary: isPrimary,
      configured: isPrimary && configured,
      reachableElsewhere: !location.startsWith('/'),
    })),
    commands: [
      ['holdfast', 'tenant', 'add', row.tenant, '--title', row.title],
      ...(primary === null ? [] : [['holdfast', '--tenant', row.tenant, '--repository', primary.location, 'recover']]),
    ],
    notices,
  };
}

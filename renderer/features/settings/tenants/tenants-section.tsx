/** The tenants of this home, for its operator: whether each is safe, what it takes, and what is done for one. */
import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TenantOverview } from '../../../../shared/contract/tenants.ts';
import { actFor } from '../../../client/acting.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { useMe } from '../../../client/me.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Bytes, Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { NewTenant } from './new-tenant.tsx';
import { OffersHere } from './offers-here.tsx';
import { TenantPanels } from './tenant-panels.tsx';
import { sayTenantState } from './tenant-words.ts';

export function TenantsSection() {
  const { data: me } = useMe();
  if (me === undefined) return <Skeleton lines={3} />;
  return me.operator && !me.acting ? <Tenants /> : <OffersHere />;
}

function Tenants() {
  const navigate = useNavigate();
  const { tenant: chosen } = useSearch({ from: '/settings' });
  const answer = useAnswer(['tenants.list'], (client, signal) => client.tenants.list({}, { signal }));
  const problem = problemIn(answer);
  const tenants = answer.data?.tenants ?? [];
  const shown = tenants.find(({ tenant }) => tenant === chosen);
  return (
    <>
      <Panel title="Tenants" aside="owners in this home who see nothing of each other" flush>
        {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
        <DataTable
          label="Tenants"
          columns={columns}
          rows={tenants}
          keyOf={({ tenant }) => tenant}
          maxHeight={320}
          loading={answer.data === undefined && problem === null}
          failed={problem !== null}
          currentKey={shown?.tenant}
          onOpen={({ tenant }) => void navigate({ to: '/settings', search: { section: 'tenants', tenant } })}
          empty={
            <EmptyState title="No tenant yet">
              Each has its own sources, repositories, keys and logins. Of this machine it gets what you give it.
            </EmptyState>
          }
        />
      </Panel>
      {shown === undefined ? null : <TenantPanels key={shown.tenant} tenant={shown} />}
      <NewTenant />
    </>
  );
}

const columns: readonly Column<TenantOverview>[] = [
  {
    id: 'title',
    header: 'Tenant',
    width: 'minmax(110px, 1fr)',
    cell: ({ tenant, title }) => <b title={tenant}>{visibleText(title)}</b>,
    sortBy: ({ title }) => title,
  },
  {
    id: 'state',
    header: 'State',
    width: '112px',
    cell: ({ state, reason }) => (
      <StatusBadge tone={sayTenantState(state)} title={visibleText(reason)}>
        {state}
      </StatusBadge>
    ),
  },
  {
    id: 'stands',
    header: 'How it stands',
    width: 'minmax(160px, 2.6fr)',
    cell: ({ verdict: { headline, detail } }) => (
      <span title={visibleText(detail)}>{visibleText(headline.map(({ text }) => text).join(''))}</span>
    ),
  },
  {
    id: 'protected',
    header: 'Protected',
    width: '88px',
    align: 'end',
    minTable: 660,
    cell: ({ usage }) => <Bytes value={usage.protectedBytes} />,
    sortBy: ({ usage }) => usage.protectedBytes,
  },
  {
    id: 'alerts',
    header: 'Alerts',
    width: '64px',
    align: 'end',
    cell: ({ usage }) => <Count value={usage.openAlerts} />,
    sortBy: ({ usage }) => usage.openAlerts,
  },
  {
    id: 'act',
    header: <span className="visually-hidden">Act for it</span>,
    width: '84px',
    align: 'end',
    cell: ({ tenant, title }) => (
      <Button size="compact-xs" aria-label={`Act for ${visibleText(title)}`} onClick={() => actFor(tenant)}>
        Act for
      </Button>
    ),
  },
];

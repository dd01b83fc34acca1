/** Reports: chosen, looked at, and saved. */
import { Button, Select } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { reportFormats, type ReportFormat } from '../../../shared/model/reports/formats.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { useLive } from '../../client/live-store.ts';
import { saveEncoded } from '../../client/save-text.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { manyChoices } from '../../components/many-choices.ts';
import { Page, Panel } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { ReportView } from './report-view.tsx';
import { defaultPeriod, periodChoices, scopeArguments, scopeFrom, useScopeChoices } from './report-words.ts';
import styles from './reports.module.css';

export function ReportsScreen() {
  const navigate = useNavigate();
  const search = useSearch({ from: '/reports' });
  const zone = useLive(({ engine }) => engine?.zone);
  const kinds = useAnswer(['reports.list'], (client, signal) => client.reports.list({}, { signal }));
  const all = kinds.data?.reports ?? [];
  const kind = all.find(({ name }) => name === search.report) ?? all[0];
  const period = search.period ?? defaultPeriod;
  const of = search.of ?? '';
  const scopes = useScopeChoices(of);
  const wanted = {
    report: kind?.name ?? 'freshness',
    period,
    of: scopeFrom(of),
    ...(zone === undefined ? {} : { zone }),
  };
  const answer = useAnswer(
    ['reports.make', wanted.report, period, of, zone ?? ''],
    (client, signal) => client.reports.make(wanted, { signal }),
    { enabled: kind !== undefined },
  );
  const save = useOrder(async (client, format: ReportFormat) => {
    const { files } = await client.reports.make({ ...wanted, formats: [format] });
    for (const { name, mediaType, content } of files) await saveEncoded(name, mediaType, content);
  });
  const problem = problemIn(kinds) ?? problemIn(answer) ?? problemIn(save);
  const go = (change: Record<string, string | undefined>) =>
    void navigate({ to: '/reports', search: { ...search, ...change } });
  return (
    <Page
      title="Reports"
      sub={kind === undefined ? 'What is protected, how well, and the proof of it' : kind.about}
      actions={
        <Button component={Link} to="/reports/subscriptions">
          Subscriptions
        </Button>
      }
    >
      <div className={styles['layout']}>
        <nav className={styles['kinds']} aria-label="Reports">
          {all.map(({ name, title }) => (
            <Link
              key={name}
              to="/reports"
              search={{ ...search, report: name }}
              aria-current={name === kind?.name ? 'page' : undefined}
            >
              {title}
            </Link>
          ))}
        </nav>
        <div className={styles['body']}>
          <div className={styles['choices']}>
            {kind?.hasPeriod === true ? (
              <Select
                label="About"
                data={periodChoices(period)}
                value={period}
                allowDeselect={false}
                onChange={(value) => go({ period: value ?? defaultPeriod })}
              />
            ) : null}
            <Select
              {...manyChoices}
              label="Of"
              data={scopes}
              value={of}
              allowDeselect={false}
              onChange={(value) => go({ of: value === null || value === '' ? undefined : value })}
            />
            <div className={styles['actions']}>
              {reportFormats.map((format) => (
                <Button
                  key={format}
                  disabled={answer.data === undefined}
                  loading={save.isPending && save.variables === format}
                  onClick={() => save.mutate(format)}
                >
                  Save as {format.toUpperCase()}
                </Button>
              ))}
              <Button loading={answer.isFetching} onClick={() => void answer.refetch()}>
                Make again
              </Button>
              <ShowCommand
                commands={[
                  [
                    'holdfast',
                    'report',
                    'make',
                    wanted.report,
                    ...(kind?.hasPeriod === true ? ['--period', period] : []),
                    ...scopeArguments(of),
                    '--format',
                    'pdf',
                  ],
                ]}
              />
            </div>
          </div>
          {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
          {answer.data === undefined ? (
            problem === null ? (
              <Panel>
                <Skeleton lines={10} />
              </Panel>
            ) : null
          ) : (
            <ReportView document={answer.data.document} />
          )}
        </div>
      </div>
    </Page>
  );
}

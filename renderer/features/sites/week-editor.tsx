/** When a site may be sent to, and how fast: a week of hours that are painted with a rate. */
import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { Site } from '../../../shared/contract/sites.ts';
import { rateWords, type Rate } from '../../../shared/model/week-grid.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { useMay } from '../../client/me.ts';
import { siteAnswers } from '../../client/sites.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { cellsOf, dayLabels, gridOf, paint, type Cells } from './week-cells.ts';
import styles from './sites.module.css';

const brushes: readonly { readonly value: string; readonly label: string; readonly rate: Rate }[] = [
  { value: 'full', label: 'full speed', rate: 'full' },
  { value: 'fast', label: '10 MiB/s', rate: 10 * 1024 * 1024 },
  { value: 'slow', label: '1 MiB/s', rate: 1024 * 1024 },
  { value: 'off', label: 'off', rate: 'off' },
];

export function WeekEditor({ site }: { readonly site: Site }) {
  const primary = usePrimaryRepository();
  const mayChange = useMay('sites.update');
  const [cells, setCells] = useState<Cells | null>(null);
  const [brush, setBrush] = useState('off');
  const order = useOrder(
    (client, grid: Site['grid']) =>
      client.sites.update({ repository: { id: primary?.id ?? '' }, name: site.name, settings: { grid } }),
    siteAnswers,
  );
  const shown = cells ?? cellsOf(site.grid);
  const rate = brushes.find(({ value }) => value === brush)?.rate ?? 'off';
  const put = (day: number, from: number, to: number): void => setCells(paint(shown, day, from, to, rate));
  const problem = problemIn(order);
  return (
    <Panel
      title="Windows and throttle"
      aside={`now ${rateWords(site.rateNow)}; by the clocks of ${site.grid.zone ?? 'this machine'}`}
    >
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['week']} role="grid" aria-label="A week of hours">
        {dayLabels.map((label, day) => (
          <div key={label} role="row" className={styles['day']}>
            <div role="rowheader">
              <button
                type="button"
                disabled={!mayChange}
                title={`Paint all of ${label}`}
                onClick={() => put(day, 0, 24)}
              >
                {label}
              </button>
            </div>
            {Array.from({ length: 24 }, (_, hour) => {
              const one = shown[day]?.[hour] ?? 'full';
              return (
                <button
                  key={hour}
                  type="button"
                  role="gridcell"
                  disabled={!mayChange}
                  data-rate={typeof one === 'number' ? 'some' : one}
                  aria-label={`${label} ${hour}:00, ${rateWords(one)}`}
                  title={`${label} ${hour}:00 · ${rateWords(one)}`}
                  onPointerDown={() => put(day, hour, hour + 1)}
                  onPointerEnter={(event) => event.buttons === 1 && put(day, hour, hour + 1)}
                  onKeyDown={(event) => (event.key === ' ' || event.key === 'Enter') && put(day, hour, hour + 1)}
                />
              );
            })}
          </div>
        ))}
        <div className={styles['hours']} aria-hidden="true">
          {[0, 6, 12, 18].map((hour) => (
            <span key={hour}>{hour}:00</span>
          ))}
        </div>
      </div>
      {mayChange ? (
        <div className={styles['actions']}>
          <SegmentedControl
            aria-label="What to paint with"
            data={brushes.map(({ value, label }) => ({ value, label }))}
            value={brush}
            onChange={setBrush}
          />
          <Button
            variant="filled"
            disabled={cells === null || primary === undefined}
            loading={order.isPending}
            onClick={() => order.mutate(gridOf(shown, site.grid.zone), { onSuccess: () => setCells(null) })}
          >
            Save the week
          </Button>
          <Button disabled={cells === null} onClick={() => setCells(null)}>
            As it was
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

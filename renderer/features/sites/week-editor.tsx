/** When a site may be sent to, and how fast: a week of hours that are painted with a rate, or written to the minute. */
import { Button, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Site } from '../../../shared/contract/sites.ts';
import { parseWeekGrid, rateWords, weekGridText } from '../../../shared/model/week-grid.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { useMay } from '../../client/me.ts';
import { siteAnswers } from '../../client/sites.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { cellsOf, gridOf, paint } from './week-cells.ts';
import { WeekLegend, WeekTable } from './week-table.tsx';
import styles from './sites.module.css';

const brushes = [
  { value: 'full', label: 'full speed' },
  { value: 'some', label: 'throttled to' },
  { value: 'off', label: 'off' },
];
const mebibyte = 1024 * 1024;

export function WeekEditor({ site }: { readonly site: Site }) {
  const primary = usePrimaryRepository();
  const mayChange = useMay('sites.update');
  const [draft, setDraft] = useState<Site['grid'] | null>(null);
  /** As it is being typed; null: as the week says it. */
  const [typed, setTyped] = useState<string | null>(null);
  const [brush, setBrush] = useState('off');
  const [throttle, setThrottle] = useState(10);
  const order = useOrder(
    (client, grid: Site['grid']) =>
      client.sites.update({ repository: { id: primary?.id ?? '' }, name: site.name, settings: { grid } }),
    siteAnswers,
  );
  const grid = draft ?? site.grid;
  const cells = cellsOf(grid);
  const rate = brush === 'full' || brush === 'off' ? brush : Math.round(throttle * mebibyte);
  const parsed = typed === null ? null : parseWeekGrid(typed, grid.zone);
  const fault = parsed !== null && 'problem' in parsed ? parsed.problem : null;
  const put = (day: number, from: number, to: number): void => {
    setTyped(null);
    setDraft(gridOf(paint(cells, day, from, to, rate), site.grid.zone));
  };
  const write = (text: string): void => {
    setTyped(text);
    const next = parseWeekGrid(text, grid.zone);
    if ('grid' in next) setDraft(next.grid);
  };
  const forget = (): void => {
    setDraft(null);
    setTyped(null);
  };
  const problem = problemIn(order);
  return (
    <Panel
      title="Windows and throttle"
      aside={`now ${rateWords(site.rateNow)}; by the clocks of ${site.grid.zone ?? 'this machine'}`}
    >
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <WeekTable cells={cells} mayChange={mayChange} onPaint={put} />
      <WeekLegend />
      {mayChange ? (
        <>
          <div className={styles['brushes']}>
            <SegmentedControl aria-label="What to paint with" data={brushes} value={brush} onChange={setBrush} />
            <NumberInput
              aria-label="Throttle in MiB/s"
              w={130}
              min={0.01}
              max={100_000}
              decimalScale={2}
              suffix=" MiB/s"
              value={throttle}
              disabled={brush !== 'some'}
              onChange={(value) => typeof value === 'number' && value > 0 && setThrottle(value)}
            />
          </div>
          <TextInput
            className={styles['written'] ?? ''}
            label="The same, written"
            description="To the minute, such as: mon-fri 08:15-17:45 off; sat,sun full; otherwise 2MiB/s. Empty: always, as fast as it goes."
            value={typed ?? weekGridText(grid)}
            error={fault}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => write(event.currentTarget.value)}
          />
          <div className={styles['actions']}>
            <Button
              variant="filled"
              disabled={draft === null || fault !== null || primary === undefined}
              loading={order.isPending}
              onClick={() => order.mutate(grid, { onSuccess: forget })}
            >
              Save the week
            </Button>
            <Button disabled={draft === null && typed === null} onClick={forget}>
              As it was
            </Button>
            <ShowCommand commands={[['holdfast', 'site', 'set', site.name, '--set', `window=${weekGridText(grid)}`]]} />
          </div>
        </>
      ) : null}
    </Panel>
  );
}

/** One measure of runs, a bar for each day; days that went wrong are marked above it. */
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { TrendDay } from '../../shared/contract/schedule.ts';
import type { ByteUnits } from '../../shared/model/units.ts';
import { preferences } from './preferences.ts';
import {
  measureNotes,
  measureTitles,
  sayChart,
  sayValue,
  secondsOf,
  valueOf,
  type TrendMeasure,
} from './trends-model.ts';
import styles from './trends.module.css';
import { signs } from './tone.ts';
import { useColorsOf } from './use-colors.ts';

type TrendChartProps = {
  readonly measure: TrendMeasure;
  /** In order, every day of the span. */
  readonly days: readonly TrendDay[];
  /** Of the day that is pointed at, in this chart or in another one of the same group; null: of none. */
  readonly onPoint: (index: number | null) => void;
  readonly group: string;
  /** In pixels. */
  readonly height: number;
};

const daySeconds = 86_400;
const daySteps = [1, 2, 5, 7, 10, 15, 30, 60, 90, 180].map((days) => days * daySeconds);
const hours = [1, 2, 4, 8, 12, 24, 48, 96, 240].map((count) => count * 3_600_000);
const steps: Readonly<Record<TrendMeasure, (units: ByteUnits) => number[]>> = {
  duration: () =>
    [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800].map((s) => s * 1000).concat(hours),
  added: byteSteps,
  rate: byteSteps,
  changed: () => [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1],
};

export function TrendChart({ measure, days, onPoint, group, height }: TrendChartProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const place = useRef<HTMLDivElement>(null);
  const units = preferences((chosen) => chosen.bytes);
  const { accent, line, fail, miss, part, ...inks } = useColorsOf('accent', 'line', 'ink-3', 'fail', 'miss', 'part');
  const ink = inks['ink-3'];
  useEffect(() => {
    if (width === 0 || place.current === null) return undefined;
    const axis = { stroke: ink, ticks: { show: false }, font: '11px system-ui' };
    const bars = uPlot.paths.bars?.({ size: [0.75, 22, 1] });
    const chart = new uPlot(
      {
        width,
        height,
        // The words of the last day reach beyond its bar.
        padding: [14, 22, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: group } },
        scales: {
          // Whole days, so that the first and the last bar are as wide as the others.
          x: { range: (_, min, max) => [min - daySeconds / 2, max + daySeconds / 2] },
          y: { range: (_, __, max) => [0, max > 0 ? max * 1.05 : 1] },
        },
        axes: [
          {
            ...axis,
            size: 22,
            space: 64,
            grid: { show: false },
            incrs: daySteps,
            splits: (_, __, ___, ____, step) => labelledDays(days, step),
            values: (_, at) => at.map(sayDate),
          },
          {
            ...axis,
            size: 74,
            space: 30,
            grid: { stroke: line, width: 1 },
            incrs: steps[measure](units),
            values: (_, values) => values.map((value) => sayValue(value, measure, units)),
          },
        ],
        series: [
          {},
          { fill: accent, width: 0, points: { show: false }, ...(bars === undefined ? {} : { paths: bars }) },
        ],
        hooks: {
          draw: [(drawn) => markTrouble(drawn, days, { failed: fail, missed: miss, partial: part })],
          setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)],
        },
      },
      [days.map(({ date }) => secondsOf(date)), days.map((day) => valueOf(day, measure))],
      place.current,
    );
    return () => chart.destroy();
  }, [width, accent, line, ink, fail, miss, part, units, measure, days, onPoint, group, height]);
  return (
    <figure className={styles['figure']} ref={ref}>
      <figcaption>
        <b>{measureTitles[measure]}</b> <span>{measureNotes[measure]}</span>
      </figcaption>
      <div ref={place} style={{ height }} role="img" aria-label={sayChart(measure, days, units)} />
    </figure>
  );
}

type MarkColors = { readonly failed: string; readonly missed: string; readonly partial: string };

/** Where, in pixels of the canvas, and what: the worst comes first. */
type Mark = { readonly x: number; readonly rank: number };

const signWidth = 9;

function markOf({ failed, missed, partial }: TrendDay, x: number): Mark | null {
  const rank = [failed, missed, partial].findIndex((count) => count > 0);
  return rank === -1 ? null : { x, rank };
}

/** The same signs as everywhere, so that colour is not needed to tell them apart. */
function markTrouble(chart: uPlot, days: readonly TrendDay[], colors: MarkColors): void {
  const { ctx, bbox } = chart;
  const kinds = [
    { color: colors.failed, sign: signs.fail },
    { color: colors.missed, sign: signs.miss },
    { color: colors.partial, sign: signs.part },
  ];
  ctx.save();
  ctx.font = `${10 * devicePixelRatio}px system-ui`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  // Where days are narrower than a sign, the worst of those that share its room stands for them.
  const marks: Mark[] = [];
  for (const day of days) {
    const mark = markOf(day, chart.valToPos(secondsOf(day.date), 'x', true));
    const before = marks.at(-1);
    if (mark === null) continue;
    if (before === undefined || mark.x - before.x >= signWidth * devicePixelRatio) marks.push(mark);
    else if (mark.rank < before.rank) marks[marks.length - 1] = mark;
  }
  for (const { x, rank } of marks) {
    const { color, sign } = kinds[rank] ?? { color: colors.failed, sign: signs.fail };
    ctx.fillStyle = color;
    ctx.fillText(sign, x, bbox.top - devicePixelRatio);
  }
  ctx.restore();
}

/** Where days are named, each below its bar: the last one, and those before it by so many seconds. */
function labelledDays(days: readonly TrendDay[], stepSeconds: number): number[] {
  const step = Math.max(1, Math.round(stepSeconds / daySeconds));
  return days.filter((_, index) => (days.length - 1 - index) % step === 0).map(({ date }) => secondsOf(date));
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function sayDate(atSeconds: number): string {
  const at = new Date(atSeconds * 1000);
  return `${at.getDate()} ${months[at.getMonth()] ?? ''}`;
}

/** Lines at whole numbers of the unit that is chosen. */
function byteSteps(units: ByteUnits): number[] {
  // Of 1024 of a unit, 500 twice would be 1000 of it and not yet one of the next.
  const [base, parts] =
    units === 'iec' ? [1024, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]] : [1000, [1, 2, 5, 10, 20, 50, 100, 200, 500]];
  return [0, 1, 2, 3, 4, 5].flatMap((power) => parts.map((step) => step * base ** power));
}

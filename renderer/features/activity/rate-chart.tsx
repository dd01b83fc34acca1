/** How fast a job has been since its page was opened; the engine keeps no history of that. */
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Job } from '../../../shared/contract/jobs.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import { preferences } from '../../components/preferences.ts';
import { useColorsOf } from '../../components/use-colors.ts';
import styles from './activity.module.css';
import { withSample, type Samples } from './samples.ts';

const height = 96;

export function RateChart({ job }: { readonly job: Job }) {
  const samples = useSamples(job);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const units = preferences((chosen) => chosen.bytes);
  const measure = job.progress?.measure ?? 'bytes';
  const { accent, line, ...inks } = useColorsOf('accent', 'line', 'ink-3');
  const ink = inks['ink-3'];
  const drawn = samples.at.length >= 3;
  useEffect(() => {
    if (!drawn || width === 0 || place.current === null) return undefined;
    const say = (value: number) => (measure === 'bytes' ? `${formatBytes(value, units)}/s` : `${formatCount(value)}/s`);
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    const made = new uPlot(
      {
        width,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
        axes: [
          { ...axis, size: 22, space: 90 },
          { ...axis, size: 84, space: 28, values: (_, values) => values.map(say) },
        ],
        series: [{}, { stroke: accent, width: 1.5, points: { show: false } }],
      },
      [[], []],
      place.current,
    );
    chart.current = made;
    return () => {
      made.destroy();
      chart.current = null;
    };
  }, [drawn, width, accent, line, ink, units, measure]);
  useEffect(() => {
    chart.current?.setData([[...samples.at], [...samples.perSecond]]);
  });
  return (
    <div ref={ref} className={drawn ? styles['chart'] : undefined}>
      <div ref={place} role="img" aria-label="Speed since this page was opened" />
    </div>
  );
}

function useSamples(job: Job): Samples {
  const [samples, setSamples] = useState<Samples>({ at: [], perSecond: [] });
  const speed = job.state === 'running' ? (job.progress?.perSecond ?? null) : null;
  const movedAt = job.progress?.movedAt;
  const seen = useRef('');
  useEffect(() => {
    const key = `${movedAt ?? ''} ${speed ?? ''}`;
    if (speed === null || seen.current === key) return;
    seen.current = key;
    const at = Date.now() / 1000;
    setSamples((before) => withSample(before, at, speed));
  }, [speed, movedAt]);
  return samples;
}

/** Snapshots over time: a bar for each, thousands of them on one canvas; arrows go from one to the next. */
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { absoluteTime } from './format-time.ts';
import { useColorsOf } from './use-colors.ts';
import styles from './timeline.module.css';
import { barsOf, momentAt, nearestTo, placeOf, stepFor, tickMarks, type TimelinePoint } from './timeline-model.ts';

type TimelineProps = {
  readonly label: string;
  /** In the order of time. */
  readonly points: readonly TimelinePoint[];
  readonly selected: string | null;
  readonly onSelect: (point: TimelinePoint) => void;
  /** What is said of a point beside its time. */
  readonly describe?: (point: TimelinePoint) => string;
};

const height = 44;
const step = 3;

export function Timeline({ label, points, selected, onSelect, describe }: TimelineProps) {
  const { ref, width } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState(-1);
  const { accent, part, miss } = useColorsOf('accent', 'part', 'miss');
  const from = points[0]?.at ?? 0;
  const to = points.at(-1)?.at ?? 0;
  const index = useMemo(() => points.findIndex(({ key }) => key === selected), [points, selected]);
  const bars = useMemo(() => barsOf(points, { from, to, width, step }), [points, from, to, width]);
  const marks = useMemo(() => (width === 0 ? [] : tickMarks(from, to, width)), [from, to, width]);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (canvas.current === null || context === null || context === undefined || width === 0) return;
    const scale = window.devicePixelRatio;
    canvas.current.width = Math.round(width * scale);
    canvas.current.height = Math.round(height * scale);
    context.scale(scale, scale);
    for (const bar of bars) {
      context.globalAlpha = bar.tone === 'plain' ? 0.6 : 1;
      context.fillStyle = bar.tone === 'plain' ? accent : bar.tone === 'held' ? part : miss;
      const tall = Math.round(bar.height * (height - 6));
      // What is partial is a bar with a gap, so that it can be told without its colour; what is held has a head.
      context.fillRect(bar.x, height - tall, step - 1, tall);
      if (bar.tone === 'partial') context.clearRect(bar.x, height - Math.round(tall / 2) - 2, step - 1, 3);
      if (bar.tone === 'held') context.fillRect(bar.x - 1, height - tall - 4, step + 1, 4);
    }
  }, [bars, width, accent, part, miss]);

  const pointAt = (event: PointerEvent<HTMLDivElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return nearestTo(momentAt((event.clientX - box.left) / box.width, from, to), points);
  };
  const choose = (next: number) => {
    const point = points[next];
    if (point !== undefined) onSelect(point);
  };
  const press = (event: KeyboardEvent) => {
    const next = stepFor(event.key, index, points.length);
    if (next === null) return;
    event.preventDefault();
    choose(next);
  };
  const say = (point: TimelinePoint | undefined) => {
    if (point === undefined) return 'none selected';
    const more = [point.tone === 'plain' ? '' : point.tone, describe?.(point) ?? ''].filter(Boolean).join(', ');
    return more === '' ? absoluteTime(point.at) : `${absoluteTime(point.at)}, ${more}`;
  };
  const shown = points[hovered] ?? points[index];
  return (
    <div className={styles['timeline']}>
      <div
        ref={ref}
        className={styles['plot']}
        role="slider"
        aria-label={label}
        aria-valuemin={1}
        aria-valuemax={Math.max(1, points.length)}
        aria-valuenow={index + 1}
        aria-valuetext={say(points[index])}
        tabIndex={0}
        onKeyDown={press}
        onPointerMove={(event) => setHovered(pointAt(event))}
        onPointerLeave={() => setHovered(-1)}
        onPointerDown={(event) => choose(pointAt(event))}
      >
        <canvas ref={canvas} aria-hidden="true" />
        {shown === undefined ? null : (
          <span
            className={styles['cursor']}
            data-hover={hovered >= 0 || undefined}
            style={{ left: `${placeOf(shown.at, from, to) * 100}%` }}
          />
        )}
        {hovered >= 0 && shown !== undefined ? (
          <span className={styles['tip']} style={tipPlace(placeOf(shown.at, from, to))}>
            {say(shown)}
          </span>
        ) : null}
      </div>
      <div className={styles['scale']} aria-hidden="true">
        {marks.map(({ place, label: words }) => (
          <span key={place} style={{ left: `${place * 100}%` }}>
            {words}
          </span>
        ))}
        {points.length > 0 ? <span className={styles['now']}>newest</span> : null}
      </div>
    </div>
  );
}

function tipPlace(place: number): React.CSSProperties {
  return place < 0.5 ? { left: `${place * 100}%` } : { right: `${(1 - place) * 100}%` };
}

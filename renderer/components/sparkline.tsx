/** A row of numbers as a line, small enough to stand in a row of a table. */
import { linesOf } from './spark-lines.ts';
import styles from './sparkline.module.css';

type SparklineProps = {
  readonly label: string;
  /** In order; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** A line to compare with, as the RTO. */
  readonly limit?: number;
  readonly width?: number;
  readonly height?: number;
};

export function Sparkline({ label, values, limit, width = 120, height = 28 }: SparklineProps) {
  const top = Math.max(limit ?? 0, 1e-9, ...values.map((value) => value ?? 0));
  const x = (index: number) => (values.length < 2 ? width / 2 : (index / (values.length - 1)) * width);
  const y = (value: number) => height - 2 - (value / top) * (height - 4);
  return (
    <svg
      className={styles['spark']}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {linesOf(values).map(([start, line]) => (
        <polyline
          key={start}
          points={line.map((value, offset) => `${x(start + offset).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}
        />
      ))}
      {limit === undefined ? null : <line x1={0} x2={width} y1={y(limit)} y2={y(limit)} />}
    </svg>
  );
}

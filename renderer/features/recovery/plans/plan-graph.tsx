/** The order of a plan as a picture: waves from top to bottom, what goes at the same time side by side. */
import { wavesOf, type PlanStep } from '../../../../shared/model/recovery-plans.ts';
import { visibleText } from '../../../components/visible-text.ts';
import type { Tone } from '../../../components/tone.ts';
import styles from './plans.module.css';

type PlanGraphProps = {
  readonly steps: readonly Pick<PlanStep, 'id' | 'title' | 'after'>[];
  readonly toneOf?: (id: string) => Tone;
  readonly onOpen?: (id: string) => void;
};

const box = { width: 132, height: 40, across: 148, down: 68 } as const;
const shownCharacters = 19;

export function PlanGraph({ steps, toneOf, onOpen }: PlanGraphProps) {
  const waves = wavesOf(steps);
  const widest = Math.max(1, ...waves.map((ids) => ids.length));
  const width = widest * box.across;
  const at = new Map(
    waves.flatMap((ids, wave) =>
      ids.map((id, index) => {
        const left = (width - ids.length * box.across) / 2 + index * box.across + (box.across - box.width) / 2;
        return [id, { x: left, y: wave * box.down + 4 }] as const;
      }),
    ),
  );
  const height = Math.max(1, waves.length) * box.down - (box.down - box.height) + 8;
  const placed = steps.filter(({ id }) => at.has(id));
  return (
    <div className={styles['graph']}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        style={{ maxWidth: width, minWidth: Math.min(width, 260) }}
        role="img"
        aria-label={`The order of the steps: ${waves.length} after each other, up to ${widest} at the same time`}
      >
        {placed.flatMap(({ id, after }) =>
          after.map((before) => <Edge key={`${before} ${id}`} from={at.get(before)} to={at.get(id)} />),
        )}
        {placed.map(({ id, title }) => {
          const { x, y } = at.get(id) ?? { x: 0, y: 0 };
          return (
            <g key={id} data-tone={toneOf?.(id)} onClick={() => onOpen?.(id)} className={styles['node']}>
              <title>{visibleText(title)}</title>
              <rect x={x} y={y} width={box.width} height={box.height} rx="6" />
              <text x={x + box.width / 2} y={y + box.height / 2 + 4} textAnchor="middle">
                {shortened(visibleText(title))}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

type Place = { readonly x: number; readonly y: number } | undefined;

function Edge({ from, to }: { readonly from: Place; readonly to: Place }) {
  if (from === undefined || to === undefined) return null;
  const [x1, y1, x2, y2] = [from.x + box.width / 2, from.y + box.height, to.x + box.width / 2, to.y];
  const half = (y2 - y1) / 2;
  return <path className={styles['edge']} d={`M${x1} ${y1} C${x1} ${y1 + half} ${x2} ${y2 - half} ${x2} ${y2}`} />;
}

function shortened(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters - 1)}…`;
}

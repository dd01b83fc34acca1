/** The order of a plan as a picture: wave after wave from top to bottom; beside them, what waits for what. */
import type { PlanStep } from '../../../../shared/model/recovery-plans.ts';
import { countOf } from '../../../../shared/model/units.ts';
import type { Tone } from '../../../components/tone.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { layoutOf, planBox, type PlacedEdge } from './plan-layout.ts';
import styles from './plans.module.css';

type PlanGraphProps = {
  readonly steps: readonly Pick<PlanStep, 'id' | 'title' | 'after'>[];
  readonly toneOf?: (id: string) => Tone;
  readonly onOpen?: (id: string) => void;
};

const shownCharacters = 32;

export function PlanGraph({ steps, toneOf, onOpen }: PlanGraphProps) {
  const { steps: placed, edges, waves, width, height } = layoutOf(steps);
  return (
    <div className={styles['graph']}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        style={{ maxWidth: width }}
        role="img"
        aria-label={`The order: ${countOf(placed.length, 'step')} in ${countOf(waves.length, 'wave')}`}
      >
        {edges.map(({ key, ...edge }) => (
          <Edge key={key} {...edge} />
        ))}
        {waves.map(({ number, from, to }) => (
          <text key={number} className={styles['wave']} x={7} y={(from + to) / 2 + 4} textAnchor="middle">
            {number}
          </text>
        ))}
        {placed.map(({ id, title, y }) => (
          <g key={id} data-tone={toneOf?.(id)} onClick={() => onOpen?.(id)} className={styles['node']}>
            <title>{visibleText(title)}</title>
            <rect x={planBox.left} y={y} width={planBox.width} height={planBox.height} rx="6" />
            <text x={planBox.left + 10} y={y + planBox.height / 2 + 4}>
              {shortened(visibleText(title))}
            </text>
          </g>
        ))}
      </svg>
      <p className={styles['waveNote']}>Steps with the same number go at the same time.</p>
    </div>
  );
}

function Edge({ fromY, toY, reach }: Omit<PlacedEdge, 'key'>) {
  const right = planBox.left + planBox.width;
  const pull = right + reach;
  const end = right + 2;
  return (
    <g className={styles['edge']}>
      <path d={`M${right} ${fromY} C${pull} ${fromY} ${pull} ${toY} ${end} ${toY}`} />
      <path d={`M${end + 6} ${toY - 3.5} L${end} ${toY} L${end + 6} ${toY + 3.5}`} />
    </g>
  );
}

function shortened(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters - 1)}…`;
}

/** Who copies to whom: a line for each way that rules go, with how far it is behind and how fast it sends. */
import type { Site } from '../../../shared/contract/sites.ts';
import { formatRate } from '../../../shared/model/units.ts';
import { problemIn } from '../../client/ask.ts';
import { useSyncRules } from '../../client/sites.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './sites.module.css';
import { lagWords } from './words.ts';

type Way = { readonly from: string; readonly to: Site; readonly rules: number };

export function Topology({ sites }: { readonly sites: readonly Site[] }) {
  const answer = useSyncRules();
  const problem = problemIn(answer);
  const ways = sites.flatMap((to): Way[] => {
    // What protection writes to needs no copy of itself.
    const own = (answer.data?.rules ?? []).filter((rule) => rule.to === to.name && (rule.from !== null || !to.primary));
    const origins = [...new Set(own.map(({ from }) => from))];
    const places = origins.length === 0 && to.lag.length > 0 && !to.primary ? [null] : origins;
    return places.map((from) => ({
      from: from ?? 'this console',
      to,
      rules: own.filter((rule) => rule.from === from).length,
    }));
  });
  return (
    <Panel title="Who copies to whom">
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {ways.length === 0 ? (
        <p className={styles['dim']}>Nothing is copied anywhere yet: add a rule, or send by hand.</p>
      ) : (
        <ul className={styles['ways']}>
          {ways.map(({ from, to, rules }) => (
            <li key={`${from} ${to.name}`}>
              <b>{visibleText(from)}</b>
              <span className={styles['arrow']} data-busy={to.throughput !== null || undefined} aria-label="copies to">
                {to.throughput === null ? '──▸' : `─ ${formatRate(to.throughput)} ▸`}
              </span>
              <b>{visibleText(to.name)}</b>
              <span className={styles['dim']}>
                {[rules === 0 ? 'by hand' : null, ...to.lag.slice(0, 1).map((lag) => lagWords(lag))]
                  .filter((part) => part !== null)
                  .join(', ')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

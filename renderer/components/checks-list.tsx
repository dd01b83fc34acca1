/** What a preflight looked at, the worst first. */
import type { PreflightCheck } from '../../shared/contract/preflight-check.ts';
import { StatusMark } from './status-badge.tsx';
import { visibleText } from './visible-text.ts';
import styles from './checks-list.module.css';

const tones = { ok: 'good', warning: 'part', blocker: 'fail' } as const;
const levels = { ok: 'fine', warning: 'to know', blocker: 'in the way' } as const;
const worst = { blocker: 0, warning: 1, ok: 2 } as const;

export function ChecksList({ checks }: { readonly checks: readonly PreflightCheck[] }) {
  return (
    <>
      <h3>What was looked at</h3>
      <ul className={styles['rows']} aria-label="What was looked at">
        {checks
          .toSorted((a, b) => worst[a.level] - worst[b.level])
          .map(({ id, level, title, detail }) => (
            <li key={id}>
              <StatusMark tone={tones[level]} label={levels[level]} />
              <div>
                <div>{visibleText(title)}</div>
                <div className={styles['dim']}>{visibleText(detail)}</div>
              </div>
            </li>
          ))}
      </ul>
    </>
  );
}

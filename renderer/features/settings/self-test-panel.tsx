/** What the engine needs of its machine, and whether that is there. */
import type { SelfTest } from '../../../shared/contract/engine.ts';
import { Panel } from '../../components/page.tsx';
import { StatusMark } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './settings.module.css';

export function SelfTestPanel({ tests }: { readonly tests: readonly SelfTest[] }) {
  const missing = tests.filter(({ ok }) => !ok).length;
  return (
    <Panel title="Self-test" aside={missing === 0 ? 'all there' : `${missing} of ${tests.length} missing`}>
      <ul className={styles['tests']}>
        {tests.map(({ id, title, ok, detail, meaning }) => (
          <li key={id}>
            <StatusMark tone={ok ? 'good' : 'fail'} label={ok ? 'there' : 'missing'} />
            <span>{title}</span>
            <span className={styles['aside']}>
              {visibleText(detail)}
              {meaning === null ? null : <b className={styles['meaning']}>{meaning}</b>}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

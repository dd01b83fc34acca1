/** What an identity of AWS may and may not: each action, why it is needed, and what was tried. */
import type { AwsCheck } from '../../shared/contract/aws.ts';
import styles from './aws-rights.module.css';
import { sayArn, sayRights, sayVerdict, worstFirst } from './aws-words.ts';
import { RelativeTime } from './relative-time.tsx';
import { StatusBadge } from './status-badge.tsx';
import { visibleText } from './visible-text.ts';

type AwsRightsProps = {
  readonly found: AwsCheck;
  /** When AWS was asked, in epoch milliseconds. */
  readonly atMs: number;
};

export function AwsRights({ found, atMs }: AwsRightsProps) {
  const { identity, region, endpoint, actions } = found;
  const { tone, words } = sayRights(actions);
  return (
    <div className={styles['rights']} role="status">
      <div className={styles['head']}>
        <StatusBadge tone={tone}>{words}</StatusBadge>
        <span className={styles['dim']}>
          {identity === null
            ? 'What answers knows nobody by name'
            : `As ${visibleText(sayArn(identity.arn))} in account ${identity.account}`}
          , in {visibleText(region)}
          {endpoint === null ? '' : ` at ${visibleText(endpoint)}`}, <RelativeTime at={atMs} />. Nothing was changed.
        </span>
      </div>
      <div className={styles['wide']} tabIndex={0} role="region" aria-label="What it may">
        <table className={styles['table']} aria-label="What it may">
          <thead>
            <tr>
              <th scope="col">Verdict</th>
              <th scope="col">Action</th>
              <th scope="col">What it is needed for</th>
              <th scope="col">What was tried</th>
            </tr>
          </thead>
          <tbody>
            {worstFirst(actions).map(({ action, why, verdict, detail }) => (
              <tr key={`${action} ${why}`}>
                <td>
                  <StatusBadge tone={sayVerdict(verdict).tone}>{sayVerdict(verdict).words}</StatusBadge>
                </td>
                <td className={styles['action']}>{visibleText(action)}</td>
                <td className={styles['why']}>{visibleText(why)}</td>
                <td className={styles['tried']}>{visibleText(detail)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

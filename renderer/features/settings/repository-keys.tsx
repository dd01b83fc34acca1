/** The passwords that open a repository, each with its key. */
import type { Connection } from '../../../shared/contract/repositories.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Tag } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './settings.module.css';

export function RepositoryKeys({ repository }: { readonly repository: Connection }) {
  const answer = useAnswer(['keys.list', repository.id, repository.provenAt], (client, signal) =>
    client.keys.list({ repository: { id: repository.id } }, { signal }),
  );
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={3} />;
  return (
    <>
      <table className={styles['keys']}>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Made</th>
            <th scope="col">By</th>
            <th scope="col">Use</th>
          </tr>
        </thead>
        <tbody>
          {answer.data.map(({ id, createdAt, username, hostname, current }) => (
            <tr key={id}>
              <td className={styles['mono']}>{id.slice(0, 16)}</td>
              <td>
                <RelativeTime at={createdAt} />
              </td>
              <td>{visibleText(`${username}@${hostname}`)}</td>
              <td>{current ? <Tag>in use</Tag> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles['actions']}>
        <ShowCommand
          commands={[
            ['holdfast', 'key', 'list', '--repository', repository.location],
            ['holdfast', 'key', 'add', '--repository', repository.location],
          ]}
          restic={[['restic', '-r', repository.location, 'key', 'list']]}
        />
      </div>
    </>
  );
}

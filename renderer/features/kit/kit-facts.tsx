/** What a kit says, beside what to do with it. */
import { Link } from '@tanstack/react-router';
import type { ReadKit } from '../../../shared/contract/recovery-kit.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { useRepositories } from '../../client/live-store.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './kit.module.css';

/** Sources that are listed; the newest come first. */
const mostSources = 50;

export function KitFacts({ kit }: { readonly kit: ReadKit }) {
  const { repository, keys, sources, sourceCount, contacts, commands } = kit;
  const unlisted = sourceCount - Math.min(sources.length, mostSources);
  return (
    <>
      <WayBack repository={repository} />
      <div className={styles['columns']}>
        <Panel title="The repository">
          <Facts>
            <Fact name="Lies at">
              <PathText path={repository.location} mono shorten={false} />
            </Fact>
            <Fact name="Id">
              <code>{repository.id.slice(0, 16)}</code>
            </Fact>
            <Fact name="Format">restic, version {repository.version}</Fact>
            <Fact name="Passwords">
              {keys.map(({ id, username, hostname, createdAt }) => (
                <div key={id}>
                  {visibleText(username)} on {visibleText(hostname)}, set <RelativeTime at={createdAt} />
                </div>
              ))}
            </Fact>
            {contacts.length === 0 ? null : <Fact name="Ask">{contacts.map(visibleText).join(', ')}</Fact>}
          </Facts>
        </Panel>
        <Panel title={sourceCount === 1 ? 'One source' : `${formatCount(sourceCount)} sources`}>
          <ul className={styles['sources']}>
            {sources.slice(0, mostSources).map(({ source, hostname, snapshot, takenAt, snapshots }) => (
              <li key={`${hostname} ${source}`}>
                <span>
                  <b>{visibleText(source)}</b> <span className={styles['dim']}>{visibleText(hostname)}</span>
                </span>
                <span className={styles['dim']}>
                  {snapshots === 1 ? 'one snapshot' : `${formatCount(snapshots)} snapshots`}, the newest{' '}
                  <code>{snapshot.slice(0, 8)}</code> from <RelativeTime at={takenAt} />
                </span>
              </li>
            ))}
          </ul>
          {unlisted > 0 ? <p className={styles['dim']}>And {formatCount(unlisted)} more.</p> : null}
        </Panel>
      </div>
      <Panel title="Without Holdfast">
        <p className={styles['dim']}>Stock restic asks for the password and does the rest.</p>
        {commands.filter(withoutHoldfast).map(({ purpose, command }) => (
          <div key={command} className={styles['command']}>
            <span>
              <span>{purpose}</span>
              <code>{visibleText(command)}</code>
            </span>
            <CopyButton text={command} what={`command: ${purpose}`} />
          </div>
        ))}
      </Panel>
    </>
  );
}

const withoutHoldfast = ({ command }: ReadKit['commands'][number]): boolean => command.startsWith('restic ');

function WayBack({ repository }: { readonly repository: ReadKit['repository'] }) {
  const known = useRepositories().find((connection) => connection.repository === repository.id);
  if (known !== undefined) {
    return (
      <Notice tone="good" title={`This console works with that repository: ${visibleText(known.name)}`}>
        <Link to="/snapshots" search={{ repository: known.id }}>
          Look at its snapshots
        </Link>
      </Notice>
    );
  }
  return (
    <Notice
      tone="none"
      title="This console does not know that repository"
      actions={
        <Link to="/welcome" search={{ door: 'recover', location: repository.location }} className={styles['go'] ?? ''}>
          Recover from it…
        </Link>
      }
    >
      You need its password, which no kit holds. A file says what its maker wrote: compare the place with what you know
      before you enter the password.
    </Notice>
  );
}

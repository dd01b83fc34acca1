/** The restore basket: what it holds, each with its date, and the way to the restore. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { basket, basketKey, emptyBasket, takeFromBasket } from '../../client/basket.ts';
import { May } from '../../client/may.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import styles from './snapshots.module.css';

export function BasketPanel() {
  const items = basket((state) => state.items);
  const navigate = useNavigate();
  const snapshots = new Set(items.map(({ snapshot }) => snapshot)).size;
  const bytes = items.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
  const isKnown = items.every((item) => item.bytes !== null);
  if (items.length === 0) {
    return (
      <Panel title="Restore basket">
        <div className={styles['dim']}>Tick files and folders to restore them together, from any snapshots.</div>
      </Panel>
    );
  }
  return (
    <Panel title="Restore basket" marked>
      <ul className={styles['list']}>
        {items.map((item) => (
          <li key={basketKey(item)}>
            <div className={styles['grow']}>
              <PathText path={item.path} />
              <div className={`${styles['dim'] ?? ''} ${styles['small'] ?? ''}`}>
                <PathText path={item.source} />, <DayTime at={item.takenAt} />
              </div>
            </div>
            <Button
              variant="subtle"
              size="compact-xs"
              aria-label={`Take ${item.path} out of the basket`}
              onClick={() => takeFromBasket(new Set([basketKey(item)]))}
            >
              ✕
            </Button>
          </li>
        ))}
      </ul>
      <div className={`${styles['dim'] ?? ''} ${styles['small'] ?? ''}`}>
        {!isKnown && bytes === 0 ? (
          'Size not counted'
        ) : (
          <>
            {isKnown ? null : 'at least '}
            <Bytes value={bytes} />
          </>
        )}
        , from {snapshots === 1 ? 'one snapshot' : `${snapshots} snapshots`}
      </div>
      <div className={styles['actions']}>
        <May call="restoreRuns.create">
          <Button
            variant="filled"
            onClick={() => void navigate({ to: '/recovery/restore', search: { basket: 'all' } })}
          >
            {items.length === 1 ? 'Restore this…' : `Restore the ${items.length} in the basket…`}
          </Button>
        </May>
        <Button variant="subtle" onClick={emptyBasket}>
          Empty
        </Button>
      </div>
    </Panel>
  );
}

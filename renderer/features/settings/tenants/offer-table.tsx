/** Offers of snapshots, newest first, with what can be done about each. */
import { Button } from '@mantine/core';
import type { Offer } from '../../../../shared/contract/offers.ts';
import { DayTime, RelativeTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';
import { sayOffer } from './tenant-words.ts';

type OfferTableProps = {
  readonly offers: readonly Offer[];
  /** What is done about one that is open; null: nothing can be. */
  readonly verb: string | null;
  /** The id of the one it is being done about. */
  readonly busy: string | null;
  readonly onAct: (offer: Offer) => void;
};

export function OfferTable({ offers, verb, busy, onAct }: OfferTableProps) {
  return (
    <div className={styles['wide']} tabIndex={0} role="region" aria-label="Offers">
      <table className={styles['keys']}>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Taken</th>
            <th scope="col">State</th>
            <th scope="col">Stands until</th>
            <th scope="col">Note</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {offers.map((offer) => (
            <tr key={offer.id}>
              <td className={styles['strong']}>{visibleText(offer.source)}</td>
              <td>
                <DayTime at={offer.takenAt} />
              </td>
              <td>
                <StatusBadge tone={sayOffer(offer.state).tone}>{sayOffer(offer.state).words}</StatusBadge>
              </td>
              <td>
                <RelativeTime at={offer.expiresAt} />
              </td>
              <td title={visibleText(offer.note)} className={styles['note']}>
                {visibleText(offer.note)}
              </td>
              <td className={styles['end']}>
                {verb === null || offer.state !== 'open' ? null : (
                  <Button
                    size="compact-xs"
                    loading={busy === offer.id}
                    aria-label={`${verb} ${visibleText(offer.source)}`}
                    onClick={() => onAct(offer)}
                  >
                    {verb}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

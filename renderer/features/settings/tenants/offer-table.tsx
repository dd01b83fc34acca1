/** Offers of snapshots, newest first, with what can be done about each. */
import type { ReactNode } from 'react';
import type { Offer } from '../../../../shared/contract/offers.ts';
import { DayTime, RelativeTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';
import { sayOffer } from './tenant-words.ts';

type OfferTableProps = { readonly offers: readonly Offer[]; readonly action: (offer: Offer) => ReactNode };

export function OfferTable({ offers, action }: OfferTableProps) {
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
              <td className={styles['end']}>{action(offer)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

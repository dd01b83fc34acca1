/** What there is in an account and nothing protects yet, to choose from; asked for by a button, since AWS counts calls. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AwsPlace } from '../../../../shared/contract/aws-sources.ts';
import type { Unprotected } from '../../../../shared/contract/native.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { useIsLive } from '../../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Tag } from '../../../components/page.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './aws.module.css';
import { isPlaceRight, placeOf, type PlaceDraft } from './place-draft.ts';

export type Resource = Unprotected['resources'][number];

type ResourcePickerProps = {
  readonly place: PlaceDraft;
  readonly kinds: readonly Resource['kind'][];
  readonly chosen: string;
  readonly onChoose: (resource: Resource) => void;
};

/** More are found by what is typed. */
const shown = 100;

export function ResourcePicker({ place, kinds, chosen, onChoose }: ResourcePickerProps) {
  const live = useIsLive();
  const [find, setFind] = useState('');
  const order = useOrder((client, asked: AwsPlace) => client.native.unprotected(asked));
  const problem = problemIn(order);
  const wasAsked = JSON.stringify(order.variables) === JSON.stringify(placeOf(place));
  const data = wasAsked ? order.data : undefined;
  const all = (data?.resources ?? []).filter(({ kind }) => kinds.includes(kind));
  const wanted = find.trim().toLowerCase();
  const found = all.filter(({ id, name }) => `${id} ${name ?? ''}`.toLowerCase().includes(wanted));
  return (
    <div className={styles['picker']}>
      <div className={styles['line']}>
        <Button
          disabled={!live || !isPlaceRight(place)}
          loading={order.isPending}
          onClick={() => order.mutate(placeOf(place))}
        >
          {data === undefined ? 'List what nothing protects' : 'List again'}
        </Button>
        {data === undefined ? (
          <span className={styles['dim']}>To choose from, in place of typing an id. Nothing is changed.</span>
        ) : (
          <span className={styles['dim']}>
            {formatCount(all.length)} in {visibleText(data.region)} without a source
          </span>
        )}
        {all.length > 8 ? (
          <TextInput
            aria-label="Find among them"
            placeholder="Find by id or name"
            value={find}
            onChange={(event) => setFind(event.currentTarget.value)}
          />
        ) : null}
      </div>
      {problem === null || !wasAsked ? null : <ErrorNotice problem={problem} />}
      {order.isPending && data === undefined ? <Skeleton lines={4} /> : null}
      {(data?.notListed ?? []).length === 0 ? null : (
        <Notice tone="part" title="Not all of it could be listed">
          {data?.notListed.map((sentence) => (
            <div key={sentence}>{visibleText(sentence)}</div>
          ))}
        </Notice>
      )}
      {found.length === 0 ? null : (
        <ul className={styles['resources']} aria-label="Without a source" tabIndex={0}>
          {found.slice(0, shown).map((resource) => (
            <li key={resource.id}>
              <button
                type="button"
                aria-pressed={resource.id === chosen}
                className={styles['resource']}
                onClick={() => onChoose(resource)}
              >
                <span className={styles['mono']}>{visibleText(resource.id)}</span>
                <span className={styles['named']}>{visibleText(resource.name ?? '')}</span>
                {resource.sizeGiB === null ? null : (
                  <span className={styles['dim']}>{formatCount(resource.sizeGiB)} GiB</span>
                )}
                {kinds.length > 1 ? <Tag>{resource.kind}</Tag> : null}
              </button>
            </li>
          ))}
          {found.length > shown ? (
            <li className={styles['dim']}>
              {formatCount(found.length - shown)} more: find them by what they are called.
            </li>
          ) : null}
        </ul>
      )}
    </div>
  );
}

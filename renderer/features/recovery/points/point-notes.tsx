/** What decides about a recovery point, at a glance; and in full where somebody wants to know more. */
import { Button } from '@mantine/core';
import type { RecoveryPoint } from '../../../../shared/contract/points.ts';
import { examinedNote, pointNotes, type PointTone } from '../../../../shared/model/point-words.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { collect } from '../../../client/collect.ts';
import { useRefusal } from '../../../client/me.ts';
import { useState } from 'react';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Bytes } from '../../../components/numbers.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import type { Tone } from '../../../components/tone.ts';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './points.module.css';

const tones: Readonly<Record<PointTone, Tone>> = { good: 'good', part: 'part', miss: 'fail', plain: 'none' };

/** One line of a table: what is wrong has a sign each, or else the state of the snapshot; the rest is words. */
export function PointLine({ point }: { readonly point: RecoveryPoint }) {
  const notes = pointNotes(point);
  const wrong = notes.filter(({ tone }) => tone === 'miss' || tone === 'part');
  const signed = wrong.length > 0 ? wrong : notes.slice(0, 1);
  const rest = notes.filter((note) => !signed.includes(note)).map(({ words }) => visibleText(words));
  return (
    <span
      title={pointNotes(point)
        .map(({ words, detail }) => `${visibleText(words)}: ${visibleText(detail)}`)
        .join('\n')}
    >
      {signed.map(({ tone, words }) => (
        <span key={words} className={styles['signed']}>
          <StatusBadge tone={tones[tone]}>{visibleText(words)}</StatusBadge>
        </span>
      ))}
      <span className={styles['dim']}>{rest.join('; ')}</span>
    </span>
  );
}

/** All of it. */
function PointGlance({ point }: { readonly point: RecoveryPoint }) {
  return (
    <span className={styles['glance']}>
      {pointNotes(point).map(({ tone, words, detail }) => (
        <StatusBadge key={words} tone={tones[tone]} title={visibleText(detail)}>
          {visibleText(words)}
        </StatusBadge>
      ))}
    </span>
  );
}

/** The same line with a sentence for each, and a closer look at its copies. */
export function PointDetails({ point }: { readonly point: RecoveryPoint }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <div className={styles['details']}>
      <div className={styles['head']}>
        <PointGlance point={point} />
        <Button variant="subtle" size="compact-sm" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'Less' : 'Details'}
        </Button>
      </div>
      {isOpen ? (
        <>
          <ul className={styles['notes']} aria-label="What decides about this point">
            {pointNotes(point).map(({ words, detail }) => (
              <li key={words}>
                <strong>{visibleText(words)}</strong> <span className={styles['dim']}>{visibleText(detail)}</span>
              </li>
            ))}
          </ul>
          <Regions point={point} />
          <CloserLook key={point.id} point={point} />
        </>
      ) : null}
    </div>
  );
}

function Regions({ point: { places } }: { readonly point: RecoveryPoint }) {
  const regions = places.filter(({ kind }) => kind === 'region');
  if (regions.length === 0) return null;
  return (
    <ul className={styles['notes']} aria-label="Regions with native snapshots of it">
      {regions.map(({ name, words }) => (
        <li key={name}>
          <strong>{name}</strong> <span className={styles['dim']}>{words}</span>
        </li>
      ))}
    </ul>
  );
}

function CloserLook({ point }: { readonly point: RecoveryPoint }) {
  const snapshot = point.places.find(({ kind }) => kind !== 'region')?.snapshot ?? null;
  const refusal = useRefusal('points.examine');
  const [wanted, setWanted] = useState(false);
  const answer = useAnswer(
    ['points.examine', snapshot],
    async (client, signal) =>
      (
        await collect(client.points.examine({ snapshot: snapshot ?? '' }, { signal }), {
          itemsOf: () => [],
          resultOf: (event) => (event.type === 'done' ? event.result : null),
        })
      ).result,
    { enabled: wanted && snapshot !== null },
  );
  if (snapshot === null || refusal !== null) return null;
  const problem = problemIn(answer);
  return (
    <>
      <div className={styles['head']}>
        <Button
          loading={wanted && answer.isFetching}
          onClick={() => (wanted ? void answer.refetch() : setWanted(true))}
        >
          Look into its copies
        </Button>
        <span className={styles['dim']}>Reads its folders in each place, and none of its data.</span>
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {(answer.data ?? null) === null ? null : (
        <ul className={styles['notes']} aria-label="Its copies">
          {answer.data?.copies.map((copy) => {
            const { tone, words, detail } = examinedNote(copy);
            return (
              <li key={copy.repository}>
                <strong>{visibleText(copy.name)}</strong> <StatusBadge tone={tones[tone]}>{words}</StatusBadge>{' '}
                <span className={styles['dim']}>
                  {copy.problem === null ? (
                    <>
                      <Bytes value={copy.neededBytes} /> stored there.{' '}
                    </>
                  ) : null}
                  {visibleText(detail)}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

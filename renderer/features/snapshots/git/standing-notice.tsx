/** What has become of a repository that is not whole: since when, why, and which snapshot had all of it last. */
import { Button } from '@mantine/core';
import type { GitRepository } from '../../../../shared/contract/git-repositories.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { reasonOf, sayRepository } from '../../../components/git-repository-words.ts';
import { DayTime } from '../../../components/relative-time.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { lastGoodOf, type Moment } from './last-good.ts';
import type { Go } from './git-page.tsx';

type StandingNoticeProps = {
  readonly git: GitRepository;
  /** All snapshots of the source, oldest first. */
  readonly points: readonly Moment[];
  /** The one that is looked at. */
  readonly snapshot: string;
  readonly onGo: Go;
};

export function StandingNotice({ git, points, snapshot, onGo }: StandingNoticeProps) {
  const { told, stored, lfs } = git;
  const isWell = stored && (told === null || told.state === 'ok') && lfs?.complete !== false;
  if (isWell) return null;
  const { tone, words } = sayRepository(git);
  const since = told?.since ?? null;
  const lastGood = stored ? lastGoodOf(points, told?.wholeAt ?? null) : null;
  return (
    <Notice
      tone={tone === 'fail' || tone === 'miss' ? tone : 'part'}
      title={`${visibleText(git.name)}: ${words}`}
      actions={
        lastGood === null || lastGood.key === snapshot ? undefined : (
          <Button onClick={() => onGo({ snapshot: lastGood.key })}>Open the last good snapshot</Button>
        )
      }
    >
      <div>
        {since === null ? null : (
          <>
            Since <DayTime at={since} />.{' '}
          </>
        )}
        {visibleText(reasonOf(git) ?? '')}
      </div>
      <div>
        {!stored ? (
          'The snapshot holds nothing of it.'
        ) : told?.wholeAt === null || told?.wholeAt === undefined ? (
          'What was had of it is kept; no run is known that had all of it.'
        ) : (
          <>
            All of it was had last on <DayTime at={told.wholeAt} />; that is kept, in this snapshot too.
          </>
        )}
        {lfs?.complete === false ? ' What is missing of Git LFS cannot be given back from here.' : ''}
      </div>
    </Notice>
  );
}

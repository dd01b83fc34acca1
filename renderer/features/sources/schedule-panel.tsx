/** Which profile counts for a source, when it runs next, what holds that up, and the ways to change it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { SourceState } from '../../../shared/contract/live.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useIsLive } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Fact, Facts, Panel } from '../../components/page.tsx';
import { PauseWords } from '../../components/pause-words.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Term } from '../../components/term.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { PauseDialog } from './pause-dialog.tsx';
import { ProfileDialog } from './profile-dialog.tsx';
import { fromWords } from './schedule-words.ts';
import styles from './sources.module.css';

/** Of what is registered here: nothing else runs by itself. */
export function SchedulePanel({ source }: { readonly source: SourceState }) {
  const { name, registered, profile, rpoMs, next, pause, waitsFor } = source;
  const [open, setOpen] = useState<'pause' | 'profile' | null>(null);
  const live = useIsLive();
  if (registered === null) return null;
  const none = <span className={styles['dim']}>none</span>;
  return (
    <Panel title="Schedule">
      {pause === null ? null : <Paused name={name} pause={pause} />}
      <Facts>
        <Fact name="Profile">
          {profile === null ? (
            none
          ) : (
            <>
              {visibleText(profile.name)} <div className={styles['dim']}>{fromWords(profile)}</div>
            </>
          )}
        </Fact>
        <Fact name={<Term of="RPO" />}>{rpoMs === null ? none : formatDuration(rpoMs)}</Fact>
        <Fact name="Next run">
          {next === null ? (
            none
          ) : (
            <>
              <RelativeTime at={next.at} />
              <div className={styles['dim']}>
                <DayTime at={next.at} />
                {next.periods.length === 0 ? null : `, ${next.periods.map(visibleText).join(', ')}`}
              </div>
            </>
          )}
        </Fact>
        {waitsFor === null ? null : <Fact name="Waits for">{visibleText(waitsFor)}</Fact>}
      </Facts>
      <div className={styles['buttons']}>
        {pause !== null ? null : (
          <May call="schedule.pause">
            <Button disabled={!live} onClick={() => setOpen('pause')}>
              Pause…
            </Button>
          </May>
        )}
        <May call="profiles.assign">
          <Button disabled={!live} onClick={() => setOpen('profile')}>
            Choose a profile…
          </Button>
        </May>
      </div>
      <PauseDialog name={name} opened={open === 'pause'} onClose={() => setOpen(null)} />
      <ProfileDialog source={source} opened={open === 'profile'} onClose={() => setOpen(null)} />
    </Panel>
  );
}

type PausedProps = { readonly name: string; readonly pause: NonNullable<SourceState['pause']> };

/** Whoever ends it ends what it was set for: this source, or everything. */
function Paused({ name, pause }: PausedProps) {
  const { scope } = pause;
  const live = useIsLive();
  const subject = scope === 'tenant' ? '' : name;
  const resume = useOrder((client, { of }: { of: 'tenant' | 'source' }) =>
    client.schedule.resume({ scope: of, subject }),
  );
  const problem = problemIn(resume);
  return (
    <>
      <Notice
        tone="miss"
        title={scope === 'tenant' ? 'Everything is paused' : 'Paused'}
        actions={
          <May call="schedule.resume">
            <ShowCommand commands={[['holdfast', 'resume', ...(scope === 'tenant' ? [] : [name])]]} />
            <Button disabled={!live} loading={resume.isPending} onClick={() => resume.mutate({ of: scope })}>
              {scope === 'tenant' ? 'Resume everything' : 'Resume'}
            </Button>
          </May>
        }
      >
        <PauseWords pause={pause} />
      </Notice>
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </>
  );
}

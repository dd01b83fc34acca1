/** What an operator does about automatic failover: sees what would happen, and lets it wait. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { AutomaticState } from '../../../../shared/contract/automatic-failover.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { automaticAnswers } from '../../../client/automatic-failover.ts';
import { May } from '../../../client/may.tsx';
import { ChecksList } from '../../../components/checks-list.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import styles from '../sites.module.css';

export function AutomaticActions({ automatic }: { readonly automatic: AutomaticState }) {
  const [reason, setReason] = useState('');
  const check = useOrder((client) => client.failover.automatic.check({}));
  const pause = useOrder(
    (client, given: string) => client.failover.automatic.pause({ reason: given }),
    automaticAnswers,
  );
  const resume = useOrder((client) => client.failover.automatic.resume({}), automaticAnswers);
  const problem = problemIn(check) ?? problemIn(pause) ?? problemIn(resume);
  const isPaused = automatic.heard !== null && automatic.heard.paused !== null;
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {check.data === undefined ? null : (
        <Notice
          tone={check.data.wouldPromote ? 'good' : 'part'}
          title={check.data.wouldPromote ? 'This console would take over' : 'This console would not take over'}
        >
          <ChecksList checks={check.data.checks} />
        </Notice>
      )}
      <div className={styles['actions']}>
        {automatic.standby === null || automatic.role === 'owner' ? null : (
          <May call="failover.automatic.check">
            <Button loading={check.isPending} onClick={() => check.mutate()}>
              What would happen now?
            </Button>
          </May>
        )}
        {isPaused ? (
          <May call="failover.automatic.resume">
            <Button loading={resume.isPending} onClick={() => resume.mutate()}>
              Let it happen again
            </Button>
          </May>
        ) : (
          <May call="failover.automatic.pause">
            <TextInput
              aria-label="Why nobody is to take over"
              placeholder="Reason to pause"
              value={reason}
              maxLength={500}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
            <Button
              disabled={reason.trim() === ''}
              loading={pause.isPending}
              onClick={() => pause.mutate(reason.trim(), { onSuccess: () => setReason('') })}
            >
              Pause
            </Button>
          </May>
        )}
        <ShowCommand
          commands={[
            ['holdfast', 'failover', 'automatic'],
            ['holdfast', 'failover', 'automatic', 'off'],
          ]}
        />
      </div>
    </>
  );
}

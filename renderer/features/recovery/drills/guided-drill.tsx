/** A guided drill in the screens of a restore: what is other there, said where it is. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { RestoreRun } from '../../../../shared/contract/restore-runs.ts';
import { problemIn, useAnswer, useOrder } from '../../../client/ask.ts';
import { May } from '../../../client/may.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { isAtWork } from '../run-words.ts';
import recovery from '../recovery.module.css';

export function DrillBanner() {
  return (
    <Notice tone="none" title="This is a drill">
      The screens are those of a real restore. What is chosen goes to a place of the drill’s own, nothing that is in use
      is touched, and all of it is taken away at the end. The time runs from now on: yours and the machine’s are told
      apart.
    </Notice>
  );
}

/** In place of choosing where to. */
type IsolatedPlaceProps = {
  readonly onNext: (target: string) => void;
  readonly onBack: () => void;
};

export function IsolatedPlace({ onNext, onBack }: IsolatedPlaceProps) {
  const answer = useAnswer(['drills.place'], (client, signal) => client.drills.place({}, { signal }));
  const folder = answer.data?.folder;
  const problem = problemIn(answer);
  return (
    <Panel title="Where">
      <div>
        In a drill there is no choice: to a folder of the drill, in which nothing else lies. In earnest you would decide
        here between a new folder, which is in nobody’s way, and the original place, where programs see their files
        change.
      </div>
      {folder === undefined ? null : <PathText path={folder} shorten={false} />}
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      <div className={recovery['actions']}>
        <Button onClick={onBack}>Back</Button>
        <Button
          variant="filled"
          disabled={folder === undefined}
          onClick={() => folder !== undefined && onNext(`${folder}/drill`)}
        >
          Next
        </Button>
      </div>
    </Panel>
  );
}

/** At the run of one: nothing where it is none. */
export function FinishDrill({ run }: { readonly run: RestoreRun }) {
  // What is to begin at once is no run that somebody looks at yet.
  const busy = isAtWork(run) || run.state === 'ready';
  return <FinishOf mayBe={run.title.startsWith('Drill: ')} key={run.id} busy={busy} about={run.id} state={run.state} />;
}

type FinishOfProps = {
  readonly mayBe: boolean;
  readonly busy: boolean;
  /** The id of a run, or the folder that something goes to. */
  readonly about: string;
  readonly state: string;
};

export function FinishOf({ mayBe, busy, about, state }: FinishOfProps) {
  const navigate = useNavigate();
  const answer = useAnswer(
    ['drills.ofRun', about, state],
    (client, signal) => client.drills.list({ limit: 50 }, { signal }),
    { enabled: mayBe, staleTimeMs: 0 },
  );
  const order = useOrder((client, drill: string) => client.drills.finish({ drill }));
  const drill = answer.data?.drills.find(
    (one) => one.how === 'guided' && one.state === 'running' && (one.run === about || about.includes(one.id)),
  );
  if (!mayBe || drill === undefined) return null;
  const problem = problemIn(order);
  const finish = () =>
    order.mutate(drill.id, {
      onSuccess: ({ id }) => void navigate({ to: '/recovery/drills/$drill', params: { drill: id } }),
    });
  return (
    <Notice tone="none" title="This is a drill">
      Look at what was brought back as you would in earnest. Then finish the drill: it is checked and taken away, and
      how long you and the machine took is recorded.
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <May call="drills.finish">
        <div className={recovery['actions']}>
          <Button variant="filled" disabled={busy} loading={order.isPending} onClick={finish}>
            Finish the drill
          </Button>
        </div>
      </May>
    </Notice>
  );
}

/** A move of protection goes on as the engine knows both ends: nothing is entered for it. */
import { Button } from '@mantine/core';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { problemIn, startJob, useOrder } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';

export function MoveRunActions({ run }: { readonly run: RestoreRun }) {
  const goOn = useOrder((client, id: string) =>
    startJob(client.restoreRuns.start({ run: id, repository: null, aws: null, detach: true })),
  );
  const problem = problemIn(goOn);
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <Button variant="filled" loading={goOn.isPending} onClick={() => goOn.mutate(run.id)}>
        {run.state === 'ready' ? 'Start' : 'Go on'}
      </Button>
    </>
  );
}

/** Which jobs can be run again from what is known of them, and how. */
import type { Job } from '../../../shared/contract/jobs.ts';
import type { CallName } from '../../../shared/contract/rights.ts';
import { isOver } from '../../../shared/model/job-states.ts';
import type { Client } from '../../client/client.ts';
import { startJob } from '../../client/ask.ts';
import type { Live } from '../../client/live-state.ts';

export type Again = {
  /** What it calls, so that it is offered to whoever may. */
  readonly call: CallName;
  readonly start: (client: Client) => Promise<{ job: string }>;
  /** The words of the command line that does the same. */
  readonly command: readonly string[];
};

/** Null where the job runs, or where its record does not tell all that it was started with. */
export function runAgain(job: Job, live: Pick<Live, 'repositories' | 'sources'>): Again | null {
  if (!isOver(job.state)) return null;
  if (job.kind === 'protect') return protectAgain(job.title, live);
  const repository = live.repositories.values().find(({ location }) => location === job.title);
  if (repository === undefined || repository.state !== 'open') return null;
  const access = { id: repository.id };
  if (job.kind === 'check') {
    return {
      call: 'repository.check',
      start: (client) => startJob(client.repository.check({ repository: access, detach: true })),
      command: ['holdfast', 'check'],
    };
  }
  return null;
}

/** A registered source is protected as it is registered now, into the primary repository. */
function protectAgain(name: string, { repositories, sources }: Pick<Live, 'repositories' | 'sources'>): Again | null {
  const isRegistered = sources.values().some(({ registered }) => registered?.name === name);
  const primary = repositories.values().find((repository) => repository.primary);
  if (!isRegistered || primary === undefined || primary.state !== 'open') return null;
  return {
    call: 'protection.protect',
    start: (client) =>
      startJob(client.protection.protect({ repository: { id: primary.id }, registered: name, detach: true })),
    command: ['holdfast', 'protect', name],
  };
}

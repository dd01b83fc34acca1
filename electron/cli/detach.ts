import { shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import type { OperationEvent } from './operation.ts';
import type { Cli } from './session.ts';

export const DETACH_HELP = 'leave it to the engine of `holdfast serve`, and do not wait for its end';

/** Waits until the operation is in the engine's list of jobs, says how to look after it there, and leaves. */
export async function detach(
  { output }: Cli,
  events: AsyncIterable<OperationEvent<unknown> | { readonly type: 'planned' | 'member' | 'repository' }>,
): Promise<ExitCode> {
  for await (const event of events) {
    if (event.type !== 'job') continue;
    const id = shortId(event.job);
    await output.document({ job: event.job });
    await output.lines([`Job ${id} goes on in the engine: \`holdfast jobs show ${id}\`, \`holdfast cancel ${id}\`.`]);
    return 0;
  }
  return 1;
}

import { recoverConfiguration } from '../configuration/recover.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';

export const configurationHandlers = {
  recover: handlers.configuration.recover.handler(async ({ input, context }) => {
    const { console, replace, dryRun, credentials } = input;
    const repository = await openAccess(context, input.repository);
    const recovered = await recoverConfiguration(context, { repository, console, replace, dryRun, credentials });
    // What came back is shown at once.
    if (!dryRun) context.live.changed(context.caller.tenant);
    return recovered;
  }),
};

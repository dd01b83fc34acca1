import { recoverConfiguration } from '../configuration/recover.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';

export const configurationHandlers = {
  recover: handlers.configuration.recover.handler(async ({ input, context }) => {
    const { console, replace, dryRun, credentials } = input;
    const repository = await openAccess(context, input.repository);
    return recoverConfiguration(context, { repository, console, replace, dryRun, credentials });
  }),
};

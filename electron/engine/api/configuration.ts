import { HoldfastError } from '../../../shared/model/errors.ts';
import { recoverConfiguration } from '../configuration/recover.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';

export const configurationHandlers = {
  recover: handlers.configuration.recover.handler(async ({ input, context }) => {
    const { console, replace, dryRun, credentials } = input;
    // All credentials of a home lie under the one passphrase of its owner.
    if (credentials !== undefined && !context.bounds.isOwner)
      throw new HoldfastError('OPERATOR_ONLY', 'Credentials are brought back by the operator of this home.');
    const repository = await openAccess(context, input.repository);
    const recovered = await recoverConfiguration(context, { repository, console, replace, dryRun, credentials });
    // What came back is shown at once.
    if (!dryRun) context.live.changed(context.caller.tenant);
    return recovered;
  }),
};

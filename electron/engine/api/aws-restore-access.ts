/** As whom a restore asks AWS: with keys that come with the call and go with it, or as an account that is registered. */
import type { AwsWho } from '../../../shared/contract/aws-restores.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { AwsAccess } from '../aws/access.ts';
import { usualEndpoint, usualRegion } from '../aws/environment.ts';
import { awsAccessOf } from './aws-access.ts';
import { sessionKey } from './aws-sessions.ts';
import type { CallContext } from './context.ts';

type Where = { readonly region: string | null; readonly endpoint: string | null };

/** AWS_REGION_MISSING, and as `awsAccessOf`. */
export async function restoreAccess(
  context: CallContext,
  { account, keys, mfaCode }: AwsWho,
  { region, endpoint }: Where,
): Promise<AwsAccess> {
  if (keys === null) {
    if (mfaCode !== null) context.awsSessions.giveCode(sessionKey(context.caller.tenant, account), mfaCode);
    return awsAccessOf(context, { account, region, endpoint });
  }
  const known = region ?? (await usualRegion());
  if (known === null) throw new HoldfastError('AWS_REGION_MISSING', 'The keys do not say in which region to restore.');
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
  return { credentials: () => Promise.resolve(credentials), region: known, endpoint: endpoint ?? usualEndpoint() };
}

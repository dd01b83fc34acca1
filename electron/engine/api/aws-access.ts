/** As whom and where AWS is asked, for a source or whatever else names an account, a region and an endpoint. */
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { AwsPlace } from '../../../shared/contract/aws-sources.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { AwsAccess } from '../aws/access.ts';
import { usualEndpoint, usualRegion } from '../aws/environment.ts';
import type { CallContext } from './context.ts';

/** AWS_ACCOUNT_UNKNOWN, AWS_REGION_MISSING. What the credentials are worth is found out by asking AWS. */
export async function awsAccessOf(_context: CallContext, place: AwsPlace): Promise<AwsAccess> {
  if (place.account !== null)
    throw new HoldfastError('AWS_ACCOUNT_UNKNOWN', `No AWS account is registered as ${place.account}.`);
  const region = place.region ?? (await usualRegion());
  if (region === null)
    throw new HoldfastError(
      'AWS_REGION_MISSING',
      'Neither the source nor the AWS environment says which region is meant.',
    );
  return { credentials: fromNodeProviderChain(), region, endpoint: place.endpoint ?? usualEndpoint() };
}

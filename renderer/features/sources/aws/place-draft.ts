/** As whom and where AWS is asked, as it is typed. Pure. */
import type { AwsPlace } from '../../../../shared/contract/aws-sources.ts';
import { regionPattern } from '../../../../shared/model/aws.ts';
import { isApiUrl } from '../../../../shared/model/source-kinds.ts';

/** Texts as they were typed; empty for what is not said. */
export type PlaceDraft = { readonly account: string; readonly region: string; readonly endpoint: string };

export const emptyPlace: PlaceDraft = { account: '', region: '', endpoint: '' };

export function placeDraftOf({ account, region, endpoint }: AwsPlace): PlaceDraft {
  return { account: account ?? '', region: region ?? '', endpoint: endpoint ?? '' };
}

export function placeOf({ account, region, endpoint }: PlaceDraft): AwsPlace {
  return { account: orNull(account), region: orNull(region), endpoint: orNull(endpoint) };
}

export function regionFault(text: string): string | null {
  const region = text.trim();
  return region === '' || regionPattern.test(region) ? null : 'A region is written as eu-central-1.';
}

export function endpointFault(text: string): string | null {
  const endpoint = text.trim();
  if (endpoint === '' || isApiUrl(endpoint)) return null;
  return 'An endpoint begins with https://; on this machine alone, http:// will do.';
}

export function isPlaceRight({ region, endpoint }: PlaceDraft): boolean {
  return regionFault(region) === null && endpointFault(endpoint) === null;
}

export function placeProperties({
  account,
  region,
  endpoint,
}: AwsPlace): readonly (readonly [string, string | null])[] {
  return [
    ['account', account],
    ['region', region],
    ['endpoint', endpoint],
  ];
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

/** What of a bucket is protected, and where it is, as facts. */
import type { S3BucketDefinition } from '../../../../shared/contract/sources.ts';
import { Fact } from '../../../components/page.tsx';
import { visibleText } from '../../../components/visible-text.ts';

export function BucketFacts({ definition }: { readonly definition: S3BucketDefinition }) {
  const { account, region, endpoint, versions, objectTags, acls } = definition;
  const of = ['content and metadata', ...(objectTags ? ['tags'] : []), ...(acls ? ['grants'] : [])];
  return (
    <>
      <Fact name="Of each object">{of.join(', ')}</Fact>
      <Fact name="Versions">{versions ? 'all that there are, and what was deleted' : 'what each key is now'}</Fact>
      <Fact name="Read as">{account === null ? 'what the AWS environment here says' : visibleText(account)}</Fact>
      {region === null ? null : <Fact name="Region">{visibleText(region)}</Fact>}
      {endpoint === null ? null : <Fact name="Endpoint">{visibleText(endpoint)}</Fact>}
    </>
  );
}

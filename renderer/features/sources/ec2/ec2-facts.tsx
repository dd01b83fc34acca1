/** How native snapshots of a source in EC2 are asked for, copied and locked, as facts. */
import type { Ec2Definition } from '../../../../shared/contract/sources.ts';
import { Fact } from '../../../components/page.tsx';
import { visibleText } from '../../../components/visible-text.ts';

export function Ec2Facts({ definition }: { readonly definition: Ec2Definition }) {
  const { account, endpoint, copies, lock, offCloud, offCloudKeepDays, target } = definition;
  const excludes = target.kind === 'instance' ? target.excludes : [];
  return (
    <>
      <Fact name="Asked as">{account === null ? 'the AWS environment of this machine' : visibleText(account)}</Fact>
      {endpoint === null ? null : <Fact name="Endpoint">{visibleText(endpoint)}</Fact>}
      {target.kind === 'instance' && target.withoutRoot ? <Fact name="Leaves out">the root volume</Fact> : null}
      {excludes.length === 0 ? null : <Fact name="Left-out volumes">{excludes.join(', ')}</Fact>}
      {copies.map(({ region, account: to, keepDays }) => (
        <Fact key={`${region} ${to}`} name="Copied to">
          {region}
          {to === null ? null : `, account ${visibleText(to)}`}
          {keepDays === null ? null : `, kept for ${keepDays} days`}
        </Fact>
      ))}
      {lock === null ? null : (
        <Fact name="Locked">
          {lock.mode}, {lock.days} days
        </Fact>
      )}
      <Fact name="Blocks in the repository">
        {offCloud ? (offCloudKeepDays === null ? 'yes' : `yes, kept for ${offCloudKeepDays} days`) : 'no'}
      </Fact>
    </>
  );
}

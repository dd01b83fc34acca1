/** What a run into a bucket was asked for, as facts. */
import type { BucketRunPlan } from '../../../../shared/contract/bucket-runs.ts';
import { countOf } from '../../../../shared/model/units.ts';
import { Fact } from '../../../components/page.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { overwriteWords } from '../draft-panel.tsx';

export function BucketRunFacts({ plan }: { readonly plan: BucketRunPlan }) {
  const { give, thaw, account } = plan;
  return (
    <>
      {give === null ? null : (
        <>
          {give.from === '' ? null : <Fact name="Keys that begin with">{visibleText(give.from)}</Fact>}
          <Fact name="Objects in the way">{overwriteWords[give.overwrite]}</Fact>
          <Fact name="Versions">{give.versions === 'all' ? 'all, in their order' : 'what each key was'}</Fact>
        </>
      )}
      {thaw === null ? null : (
        <Fact name="What is archived">
          is asked for ({thaw.tier}), for {countOf(thaw.days, 'day')}
        </Fact>
      )}
      {account === null ? null : <Fact name="In account">{account}</Fact>}
    </>
  );
}

/** The smallest policy that is enough for a purpose, to be pasted where the key or role is made. */
import { SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { awsPurposes, type AwsPurpose } from '../../../../shared/model/aws-rights.ts';
import { bucketPattern, regionPattern } from '../../../../shared/model/aws.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { isOfBuckets, sayPurpose } from '../../../components/aws-words.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { policyCommand } from './account-commands.ts';
import { regionsOf } from './account-draft.ts';
import styles from './aws.module.css';

export function PolicyPanel() {
  const [purpose, setPurpose] = useState<AwsPurpose>('protect');
  const [typedBuckets, setBuckets] = useState('');
  const [typedRegions, setRegions] = useState('');
  const wantedBuckets = isOfBuckets(purpose) ? regionsOf(typedBuckets) : [];
  const wantedRegions = regionsOf(typedRegions);
  const isWrong = !wantedBuckets.every((name) => bucketPattern.test(name));
  const isNowhere = !wantedRegions.every((region) => regionPattern.test(region));
  // What is half typed narrows nothing yet.
  const buckets = wantedBuckets.filter((name) => bucketPattern.test(name));
  const regions = wantedRegions.filter((region) => regionPattern.test(region));
  return (
    <section className={styles['policy']} aria-label="Policy to paste">
      <h3>The policy that is enough</h3>
      <p className={styles['dim']}>
        Paste it where the key or the role is made: in IAM, as a policy of its own. One account for each purpose keeps a
        stolen key from doing more.
      </p>
      <SegmentedControl
        aria-label="Purpose"
        data={awsPurposes.map((value) => ({ value, label: sayPurpose(value).title }))}
        value={purpose}
        onChange={setPurpose}
      />
      <p>{sayPurpose(purpose).words}</p>
      <div className={styles['pair']}>
        <TextInput
          label="In these regions alone"
          placeholder="any"
          value={typedRegions}
          error={isNowhere ? 'Regions are written as eu-central-1, parted by spaces.' : null}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setRegions(event.currentTarget.value)}
        />
        {isOfBuckets(purpose) ? (
          <TextInput
            label="For these buckets alone"
            placeholder="any"
            value={typedBuckets}
            error={isWrong ? 'Names of buckets, parted by spaces.' : null}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setBuckets(event.currentTarget.value)}
          />
        ) : null}
      </div>
      <PolicyText purpose={purpose} buckets={buckets} regions={regions} />
    </section>
  );
}

type PolicyTextProps = {
  readonly purpose: AwsPurpose;
  readonly buckets: readonly string[];
  readonly regions: readonly string[];
};

function PolicyText({ purpose, buckets, regions }: PolicyTextProps) {
  const answer = useAnswer(
    ['aws.policy', purpose, buckets, regions],
    (client, signal) => client.aws.policy({ purpose, buckets: [...buckets], regions: [...regions] }, { signal }),
    { keepPrevious: true },
  );
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={6} />;
  const text = JSON.stringify(answer.data.policy, null, 2);
  return (
    <>
      <div className={styles['document']}>
        <pre tabIndex={0} aria-label="The policy">
          {text}
        </pre>
      </div>
      <div className={styles['line']}>
        <CopyButton text={text} what="policy" />
        <ShowCommand commands={[policyCommand(purpose, buckets, regions)]} />
        <span className={styles['dim']}>
          {formatCount(answer.data.characters)} of the 6,144 characters that AWS takes
        </span>
      </div>
    </>
  );
}

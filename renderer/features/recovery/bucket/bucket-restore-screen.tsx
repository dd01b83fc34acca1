/** Objects back to a bucket, guided: what, as whom, and what that would do; nothing is written before it is started. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useRefusal } from '../../../client/me.ts';
import { NoRight } from '../../../components/no-right.tsx';
import { Page } from '../../../components/page.tsx';
import { StepRail } from '../../../components/step-rail.tsx';
import { GuideForm } from '../aws/guide-form.tsx';
import { WhoFields } from '../aws/who-fields.tsx';
import { bucketRequestOf, emptyBucketRestore, isSaid, type BucketRestoreDraft } from './bucket-draft.ts';
import { BucketStepPlan } from './bucket-step-plan.tsx';
import { BucketWhatFields } from './bucket-what-fields.tsx';

const steps = ['What', 'As whom', 'Plan'] as const;
type Step = (typeof steps)[number];

export function BucketRestoreScreen() {
  const refusal = useRefusal('buckets.create');
  if (refusal !== null) return <NoRight title="Give back to a bucket" {...refusal} />;
  return <Guide />;
}

function Guide() {
  const {
    source = '',
    bucket = '',
    account = '',
    region = '',
    snapshot = '',
  } = useSearch({
    from: '/recovery/bucket',
  });
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>('What');
  const [draft, setDraft] = useState<BucketRestoreDraft>({
    ...emptyBucketRestore,
    source,
    bucket,
    account,
    region,
    point: snapshot,
  });
  const change = (part: Partial<BucketRestoreDraft>) => setDraft((before) => ({ ...before, ...part }));
  const at = steps.indexOf(step);
  const rail = steps.map((id, index) => ({
    id,
    label: id,
    state: index < at ? ('done' as const) : index === at ? ('active' as const) : ('todo' as const),
  }));
  const request = bucketRequestOf(draft);
  return (
    <Page title="Give back to a bucket" sub="Nothing is written before you have seen what that does, and started it.">
      <StepRail label="Steps of the restore" steps={rail} onGo={setStep} />
      {step === 'What' ? (
        <GuideForm
          title="What, and to where"
          ready={isSaid(draft)}
          onBack={() => void navigate({ to: '/recovery' })}
          onNext={() => setStep('As whom')}
        >
          <BucketWhatFields draft={draft} onChange={change} />
        </GuideForm>
      ) : null}
      {step === 'As whom' ? (
        <GuideForm
          title="As whom, and where"
          ready={request !== null}
          onBack={() => setStep('What')}
          onNext={() => setStep('Plan')}
        >
          <WhoFields draft={draft} onChange={change} />
        </GuideForm>
      ) : null}
      {step === 'Plan' && request !== null ? (
        <BucketStepPlan request={request} place={draft.place} onBack={() => setStep('As whom')} />
      ) : null}
    </Page>
  );
}

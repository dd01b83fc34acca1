/** A restore in AWS, guided: what, as whom, and what that would do call by call; nothing is made before it is started. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { useRefusal } from '../../../client/me.ts';
import { NoRight } from '../../../components/no-right.tsx';
import { Page } from '../../../components/page.tsx';
import { StepRail } from '../../../components/step-rail.tsx';
import { emptyAwsRestore, wantOf, awsRequestOf, type AwsRestoreDraft } from './aws-draft.ts';
import { GuideForm } from './guide-form.tsx';
import { StepPlan } from './step-plan.tsx';
import { WantFields } from './want-fields.tsx';
import { WhoFields } from './who-fields.tsx';

const steps = ['What', 'As whom', 'Plan'] as const;
type Step = (typeof steps)[number];

export function AwsRestoreScreen() {
  const refusal = useRefusal('awsRestores.create');
  if (refusal !== null) return <NoRight title="Restore in AWS" {...refusal} />;
  return <Guide />;
}

function Guide() {
  const { snapshot = '', instance = '', account = '', region = '', point = '' } = useSearch({ from: '/recovery/aws' });
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>('What');
  const [draft, setDraft] = useState<AwsRestoreDraft>({
    ...emptyAwsRestore,
    ...(point === '' ? {} : { kind: 'launch' }),
    snapshot,
    instance,
    account,
    region,
    point,
  });
  const repository = usePrimaryRepository()?.id ?? '';
  const change = (part: Partial<AwsRestoreDraft>) => setDraft((before) => ({ ...before, ...part }));
  const at = steps.indexOf(step);
  const rail = steps.map((id, index) => ({
    id,
    label: id,
    state: index < at ? ('done' as const) : index === at ? ('active' as const) : ('todo' as const),
  }));
  const request = awsRequestOf(draft, repository);
  return (
    <Page title="Restore in AWS" sub="Nothing is made in AWS before you have seen each call, and started it.">
      <StepRail label="Steps of the restore" steps={rail} onGo={setStep} />
      {step === 'What' ? (
        <GuideForm
          title={draft.point === '' ? 'From a native snapshot' : 'From a Holdfast snapshot'}
          ready={wantOf(draft) !== null}
          onBack={() => void navigate({ to: '/recovery' })}
          onNext={() => setStep('As whom')}
        >
          <WantFields draft={draft} onChange={change} />
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
      {step === 'Plan' && request !== null ? <StepPlan request={request} onBack={() => setStep('As whom')} /> : null}
    </Page>
  );
}

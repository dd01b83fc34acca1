/** Leads to a new account, step by step: its name, its credentials, a role, where it looks, and whether AWS knows it. */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import { useLive } from '../../../client/live-store.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { StepRail } from '../../../components/step-rail.tsx';
import { faultsOfStep, steps, type AccountStep } from './account-draft.ts';
import { CredentialFields, type FieldsProps } from './credential-fields.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { RegionFields } from './region-fields.tsx';
import { RoleFields } from './role-fields.tsx';
import { StepTest } from './step-test.tsx';
import { useAccountForm } from './use-account-form.ts';
import styles from './aws.module.css';

type AccountWizardProps = { readonly accounts: readonly AwsAccount[]; readonly onClose: () => void };

export function AccountWizard({ accounts, onClose }: AccountWizardProps) {
  const [step, setStep] = useState<AccountStep>('Name');
  // What the wizard itself adds is not in the way of its own name.
  const [others] = useState(accounts);
  const { draft, fields, leave, isRight } = useAccountForm(null, others);
  const [saved, setSaved] = useState(false);
  const at = steps.indexOf(step);
  const rail = steps.map((id, index) => ({
    id,
    label: id,
    state: index < at ? ('done' as const) : index === at ? ('active' as const) : ('todo' as const),
  }));
  const go = (by: number) => setStep(steps[at + by] ?? step);
  return (
    <Panel title="New AWS account" marked>
      <div className={styles['fields']}>
        <StepRail label="Steps of the new account" steps={rail} onGo={saved ? undefined : setStep} />
        {step === 'Test' ? (
          <StepTest draft={draft} onBack={() => go(-1)} onSaved={() => setSaved(true)} onClose={onClose} />
        ) : (
          <form
            key={step}
            className={styles['fields']}
            aria-label={step}
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              leave(faultsOfStep(step));
              if (isRight(faultsOfStep(step))) go(1);
            }}
          >
            <StepBody step={step} fields={fields} />
            <div className={styles['actions']}>
              <Button onClick={onClose}>Cancel</Button>
              <span className={styles['spring']} />
              {at === 0 ? null : <Button onClick={() => go(-1)}>Back</Button>}
              <Button type="submit" variant="filled">
                Next
              </Button>
            </div>
          </form>
        )}
      </div>
    </Panel>
  );
}

function StepBody({ step, fields }: { readonly step: AccountStep; readonly fields: FieldsProps }) {
  if (step === 'Name') return <NameField {...fields} />;
  if (step === 'Role') return <RoleFields {...fields} />;
  if (step === 'Regions') return <RegionFields {...fields} />;
  return (
    <>
      <CredentialFields {...fields} />
      {fields.draft.kind === 'keys' ? <NoStore /> : null}
      <PolicyPanel />
    </>
  );
}

function NameField({ draft, faults, onChange, onLeave }: FieldsProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <TextInput
      ref={field}
      label="Name"
      description="By which sources choose it, such as production-read. It stays: sources name it."
      value={draft.name}
      maxLength={100}
      error={faults.name}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange({ name: event.currentTarget.value })}
      onBlur={() => {
        if (draft.name !== '') onLeave('name');
      }}
      maw={480}
    />
  );
}

function NoStore() {
  const known = useLive((live) => live.engine !== null);
  const store = useLive((live) => live.engine?.secretStore ?? null);
  if (!known || store !== null) return null;
  return (
    <Notice tone="part" title="This engine can keep no secrets">
      Keys cannot be saved here. The desktop program keeps secrets in the keychain; <code>holdfast serve</code> does in
      a sealed file when it is started with <code>HOLDFAST_PASSPHRASE</code>. An AWS profile and the environment need
      none.
    </Notice>
  );
}

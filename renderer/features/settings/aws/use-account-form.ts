/** What is typed about an account, and which of its faults are shown: none before a field was left or gone on from. */
import { useState } from 'react';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import { draftOfAccount, faultsOf, newAccount, type AccountDraft, type Fault } from './account-draft.ts';
import type { FieldsProps } from './credential-fields.tsx';

export function useAccountForm(before: AwsAccount | null, accounts: readonly AwsAccount[]) {
  const [draft, setDraft] = useState(() => (before === null ? newAccount : draftOfAccount(before)));
  const [left, setLeft] = useState<ReadonlySet<Fault>>(new Set());
  const taken = new Set(accounts.map(({ name }) => name));
  const all = faultsOf(draft, before, taken);
  const shown = Object.fromEntries(Object.entries(all).filter(([field]) => left.has(field as Fault)));
  const leave = (fields: readonly Fault[]) => setLeft((known) => new Set([...known, ...fields]));
  const fields: FieldsProps = {
    draft,
    before,
    faults: shown,
    onChange: (change: Partial<AccountDraft>) => setDraft((known) => ({ ...known, ...change })),
    onLeave: (field) => leave([field]),
  };
  const isRight = (of: readonly Fault[]) => of.every((field) => all[field] === undefined);
  return { draft, fields, leave, isRight, setDraft };
}

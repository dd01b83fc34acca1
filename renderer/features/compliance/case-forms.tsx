/** Opening a case, saying more of it, and closing it. */
import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import type { HoldCase } from '../../../shared/contract/cases.ts';
import { configurationLimits as limits } from '../../../shared/model/configuration.ts';
import { countOf } from '../../../shared/model/units.ts';
import { problemIn, useOrder, type Order } from '../../client/ask.ts';
import { usePrimaryRepository, useSources } from '../../client/live-store.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import {
  changeCommand,
  draftOfCase,
  emptyCase,
  missingInCase,
  openCommand,
  reviewTime,
  type CaseDraft,
} from './case-draft.ts';
import styles from './compliance.module.css';

const outdated = [['cases.list'], ['browse.snapshot'], ['browse.timeline']];

type DialogProps = { readonly opened: boolean; readonly onClose: () => void };
type CaseDialogProps = DialogProps & { readonly of: HoldCase };

export function OpenCase({ opened, onClose }: DialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Open a case">
      <OpenForm onClose={onClose} />
    </Modal>
  );
}

export function ChangeCase({ of, opened, onClose }: CaseDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Case ${visibleText(of.reference)}`}>
      <ChangeForm of={of} onClose={onClose} />
    </Modal>
  );
}

export function CloseCase({ of, opened, onClose }: CaseDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Close the case ${visibleText(of.reference)}`}>
      <CloseForm of={of} onClose={onClose} />
    </Modal>
  );
}

function OpenForm({ onClose }: Pick<DialogProps, 'onClose'>) {
  const primary = usePrimaryRepository();
  const [draft, setDraft] = useState(emptyCase);
  const order = useOrder(
    (client, { reference, requestedBy, reason, review, sources }: CaseDraft) =>
      client.cases.open({
        repository: { id: primary?.id ?? '' },
        reference: reference.trim(),
        requestedBy: requestedBy.trim(),
        reason: reason.trim(),
        reviewAt: reviewTime(review),
        sources: [...sources],
      }),
    outdated,
  );
  return (
    <CaseForm
      draft={draft}
      onChange={setDraft}
      order={order}
      onClose={onClose}
      verb="Open the case"
      missing={missingInCase(draft)}
      command={openCommand(draft)}
      held={[]}
    >
      <div>
        What a case holds is removed by nobody: no retention, no expiry, no prune. Single snapshots are put under it
        where they are shown, with Hold….
      </div>
      <TextInput
        label="Reference"
        description="Of the file it belongs to, such as 2026-117. It stays as it is."
        data-autofocus
        value={draft.reference}
        maxLength={100}
        onChange={({ currentTarget: { value } }) => setDraft({ ...draft, reference: value })}
      />
    </CaseForm>
  );
}

function ChangeForm({ of, onClose }: Omit<CaseDialogProps, 'opened'>) {
  const primary = usePrimaryRepository();
  const [known] = useState(() => draftOfCase(of));
  const [draft, setDraft] = useState(known);
  const order = useOrder(
    (client, { reference, requestedBy, reason, review, sources }: CaseDraft) =>
      client.cases.update({
        repository: { id: primary?.id ?? '' },
        reference,
        requestedBy: requestedBy.trim(),
        reason: reason.trim(),
        // What was not touched keeps its time of the day.
        ...(review === known.review ? {} : { reviewAt: reviewTime(review) }),
        addSources: [...sources],
      }),
    outdated,
  );
  return (
    <CaseForm
      draft={draft}
      onChange={setDraft}
      order={order}
      onClose={onClose}
      verb="Save"
      missing={missingInCase(draft)}
      command={changeCommand(draft, known)}
      held={of.sources}
    />
  );
}

type CaseFormProps = {
  readonly draft: CaseDraft;
  readonly onChange: (draft: CaseDraft) => void;
  readonly order: Order<CaseDraft, Parameters<typeof tellSaved>[0]>;
  readonly onClose: () => void;
  readonly verb: string;
  readonly missing: string | null;
  readonly command: readonly string[];
  /** Sources that it holds already. */
  readonly held: readonly string[];
  readonly children?: React.ReactNode;
};

function CaseForm({ draft, onChange, order, onClose, verb, missing, command, held, children }: CaseFormProps) {
  const primary = usePrimaryRepository();
  const problem = problemIn(order);
  const change = (part: Partial<CaseDraft>): void => onChange({ ...draft, ...part });
  const ready = missing === null && primary !== undefined && !order.isPending;
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        order.mutate(draft, {
          onSuccess: (result) => {
            tellSaved(result);
            onClose();
          },
        });
      }}
    >
      {children}
      <TextInput
        label="Asked for by"
        description="A court, an auditor, a department."
        value={draft.requestedBy}
        maxLength={200}
        onChange={({ currentTarget: { value } }) => change({ requestedBy: value })}
      />
      <TextInput
        label="Reason"
        description="For whoever finds it years later."
        value={draft.reason}
        maxLength={limits.reasonLength}
        onChange={({ currentTarget: { value } }) => change({ reason: value })}
      />
      <TextInput
        type="date"
        label="To be reviewed"
        description="From that day on an alert asks whether it is still needed. May be empty."
        value={draft.review}
        onChange={({ currentTarget: { value } }) => change({ review: value })}
      />
      <SourceChoice held={held} chosen={draft.sources} onChange={(sources) => change({ sources })} />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
          {verb}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <ShowCommand commands={[command]} />
        <span className={styles['dim']} role="status">
          {primary === undefined ? 'Connect a repository first: a case is kept there.' : missing}
        </span>
      </div>
    </form>
  );
}

type SourceChoiceProps = {
  readonly held: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
};

function SourceChoice({ held, chosen, onChange }: SourceChoiceProps) {
  const id = useId();
  const names = [...new Set(useSources().map(({ name }) => name))]
    .filter((name) => !held.includes(name))
    .toSorted((a, b) => a.localeCompare(b));
  const toggle = (name: string): void =>
    onChange(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  return (
    <div>
      <div id={id}>Sources that are held</div>
      <div className={styles['dim']}>
        {held.length === 0
          ? 'All their snapshots, also those that are yet to be taken.'
          : `Held already: ${held.map(visibleText).join(', ')}. None is let go but by closing the case.`}
      </div>
      {names.length === 0 ? (
        <div className={styles['dim']}>
          {held.length === 0 ? 'No source is known here.' : 'There is no other source.'}
        </div>
      ) : (
        <div className={styles['choices']} role="group" aria-labelledby={id}>
          {names.map((name) => (
            <Checkbox
              key={name}
              label={visibleText(name)}
              checked={chosen.includes(name)}
              onChange={() => toggle(name)}
            />
          ))}
        </div>
      )}
    </div>
  );
}

function CloseForm({ of: { reference, snapshotsOfSources, holds }, onClose }: Omit<CaseDialogProps, 'opened'>) {
  const primary = usePrimaryRepository();
  const [reason, setReason] = useState('');
  const order = useOrder(
    (client, why: string) => client.cases.close({ repository: { id: primary?.id ?? '' }, reference, reason: why }),
    outdated,
  );
  const problem = problemIn(order);
  const ready = reason.trim() !== '' && primary !== undefined && !order.isPending;
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        order.mutate(reason.trim(), {
          onSuccess: (result) => {
            tellSaved(result);
            onClose();
          },
        });
      }}
    >
      <div>
        It holds {countOf(snapshotsOfSources, 'snapshot')} of its sources
        {holds.length === 0 ? '' : ` and ${countOf(holds.length, 'single snapshot')}`}. They stay held for seven days
        more, in which the case can be opened again; then retention decides about them as about any other.
      </div>
      <TextInput
        label="Why it is not needed any more"
        data-autofocus
        value={reason}
        maxLength={limits.reasonLength}
        onChange={({ currentTarget: { value } }) => setReason(value)}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
          Close the case
        </Button>
        <Button onClick={onClose}>Keep it open</Button>
        <ShowCommand
          commands={[
            ['holdfast', 'case', 'close', reference, '--reason', reason.trim() === '' ? 'TEXT' : reason.trim()],
          ]}
        />
      </div>
    </form>
  );
}

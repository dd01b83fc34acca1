/** A profile as it is written, with what it would do beside it; new, or one that is there. */
import { Button } from '@mantine/core';
import { useMemo, useState, type ReactNode } from 'react';
import type { Profile } from '../../../shared/contract/profiles.ts';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import { useLive } from '../../client/live-store.ts';
import type { Profiles } from '../../client/profiles.ts';
import { Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { DifferencePanel } from './difference-panel.tsx';
import { definitionOf, draftOf, readDraft, type DraftTerms, type ProfileDraft } from './draft.ts';
import { EditorForm } from './editor-form.tsx';
import { useProfileRefusal } from './no-right-words.ts';
import { PreviewPanel } from './preview-panel.tsx';
import { periodNames } from './profile-words.ts';
import styles from './profiles.module.css';
import { SaveActions } from './save-actions.tsx';
import { usePreview } from './use-preview.ts';

type EditorProps = {
  /** What is begun with. */
  readonly begin: ProfileDefinition;
  /** Null: it is new. */
  readonly saved: Profile | null;
  readonly found: Profiles;
  /** Below the form. */
  readonly children?: ReactNode;
};

export function Editor({ begin, saved, found, children }: EditorProps) {
  const machineZone = useLive((live) => live.engine?.zone ?? 'UTC');
  const [draft, setDraft] = useState<ProfileDraft>(() => draftOf(begin, machineZone));
  // When it was written what the form began with: a later time is of somebody else.
  const [base, setBase] = useState(saved?.updatedAt ?? '');
  const adopt = (profile: Profile) => {
    setDraft(draftOf(profile, machineZone));
    setBase(profile.updatedAt);
  };
  const [source, setSource] = useState<string | null>(saved?.sources[0] ?? null);
  const [page, setPage] = useState(0);
  const refusal = useProfileRefusal();
  const terms = useMemo(() => termsOf(found, saved, machineZone), [found, saved, machineZone]);
  const { definition, faults } = useMemo(() => readDraft(draft, terms), [draft, terms]);
  const previewed = usePreview({
    definition: faults.size === 0 ? definition : askable(definition, faults),
    id: saved?.id,
    source,
    zone: draft.zone ?? machineZone,
    page,
  });
  // What was answered before is of the periods as they were then.
  const periodName = (id: string) => periodNames([id], definition ?? begin)[0] ?? id;
  return (
    <>
      <div className={styles['columns']}>
        <div className={styles['main']}>
          {refusal === null ? null : (
            <Notice tone="none" title="You may look at it, not change it">
              {refusal}
            </Notice>
          )}
          {saved !== null && saved.updatedAt > base ? (
            <Notice
              tone="part"
              title="It was changed elsewhere since"
              actions={<Button onClick={() => adopt(saved)}>Show it as it is now</Button>}
            >
              To save what stands here would undo that change.
            </Notice>
          ) : null}
          <Panel title="Definition" marked={refusal === null && saved === null}>
            <EditorForm
              draft={draft}
              faults={faults}
              machineZone={machineZone}
              impliedRpoMs={previewed.answer.data?.impliedRpoMs}
              disabled={refusal !== null}
              onChange={setDraft}
            />
            {refusal === null ? (
              <SaveActions
                definition={faults.size === 0 ? definition : null}
                fault={faults.values().next().value ?? null}
                saved={saved}
                isSame={isSame(definition, saved, terms)}
                onSaved={adopt}
                onReset={() => saved !== null && adopt(saved)}
              />
            ) : null}
          </Panel>
          {children}
        </div>
        <div className={styles['main']}>
          <PreviewPanel previewed={previewed} page={page} onPage={setPage} source={source} periodName={periodName} />
        </div>
      </div>
      <DifferencePanel
        previewed={previewed}
        source={source}
        sources={found.effective.map((one) => one.source)}
        periodName={periodName}
        onSource={setSource}
      />
    </>
  );
}

/** A name that is missing or taken says nothing about what would run. */
function askable(definition: ProfileDefinition | null, faults: ReadonlyMap<string, string>): ProfileDefinition | null {
  if (definition === null || [...faults.keys()].some((key) => key !== 'name')) return null;
  return { ...definition, name: 'Preview' };
}

/** Whether saving would change anything. */
function isSame(definition: ProfileDefinition | null, saved: Profile | null, terms: DraftTerms): boolean {
  if (definition === null || saved === null) return false;
  const there = readDraft(draftOf(saved, terms.machineZone), terms).definition;
  return JSON.stringify(definition) === JSON.stringify(there);
}

function termsOf({ profiles }: Profiles, saved: Profile | null, machineZone: string): DraftTerms {
  return {
    machineZone,
    taken: new Set(profiles.filter(({ id }) => id !== saved?.id).map(({ name }) => name)),
    usedIds: new Set(saved === null ? [] : definitionOf(saved).periods.map(({ id }) => id)),
  };
}

/** The answers given so far. They stay while the page is open, so that the questions can be left and come back to. */
import { create } from 'zustand';
import type { RepositoryReach } from '../../../shared/contract/repository-access.ts';
import { emptyReach } from '../../components/place-draft.ts';
import { emptyDraft, type SourceDraft } from '../../components/source-draft.ts';
import type { Made, StartStep } from './start-model.ts';

/** A profile that is shipped, or none. */
export const oftens = ['standard', 'frequent', 'by hand'] as const;
export type Often = (typeof oftens)[number];

export type Start = {
  readonly step: StartStep;
  /** Null: nobody has chosen, so the suggestion counts. */
  readonly location: string | null;
  /** What the place is reached with: its secrets are in memory alone, and gone once the repository is made. */
  readonly reach: RepositoryReach;
  /** In memory alone, and gone once the repository is made. */
  readonly password: string;
  readonly again: string;
  readonly remember: boolean;
  readonly draft: SourceDraft;
  readonly often: Often;
  readonly made: Made;
};

const begin: Start = {
  step: 'where',
  location: null,
  reach: emptyReach,
  password: '',
  again: '',
  remember: true,
  draft: emptyDraft,
  often: 'standard',
  made: { repository: null, source: null, job: null },
};

export const startStore = create<Start>(() => begin);

export function changeStart(change: Partial<Start>): void {
  startStore.setState(change);
}

export function changeDraft(change: Partial<SourceDraft>): void {
  startStore.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
}

export function noteMade(change: Partial<Made>): void {
  startStore.setState(({ made }) => ({ made: { ...made, ...change } }));
}

export function forgetStart(): void {
  startStore.setState(begin);
}

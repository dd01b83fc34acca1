/** What GitHub says of an owner, asked for by a button, since every asking costs the token some of its calls. */
import { useMemo, useState } from 'react';
import type { GithubDefinition, GithubPreview } from '../../../../shared/contract/sources.ts';
import { leftOutBy } from '../../../../shared/model/github-filters.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import type { Problem } from '../../../client/problem.ts';
import { secretsOf } from './credential-draft.ts';
import { filtersOf, githubDefinitionOf, questionOf, type GithubDraft } from './github-draft.ts';
import { countsOf, type FoundRepository, type PreviewCounts } from './preview-model.ts';

export type Preview = {
  /** Null: not asked yet, or of another owner, server or credential than what is typed. */
  readonly found: GithubPreview | null;
  readonly isSelected: (one: FoundRepository) => boolean;
  readonly counts: PreviewCounts | null;
  readonly asking: boolean;
  readonly problem: Problem | null;
  readonly ask: () => void;
};

/** `kept`: the App of the source that is changed. */
export function usePreview(draft: GithubDraft, kept: GithubDefinition['app'] = null): Preview {
  const [answer, setAnswer] = useState<{ readonly question: string; readonly found: GithubPreview } | null>(null);
  const [nowMs] = useState(() => Date.now());
  const question = questionOf(draft);
  const order = useOrder(async (client, asked: string) => {
    // Filters are applied here, as they are typed; a name that is taken is no hindrance to looking.
    const source = githubDefinitionOf({ ...draft, pushedWithin: '', mirrors: '' }, new Set(), kept);
    if (source === null) return;
    const found = await client.sources.preview({ source, secrets: secretsOf(draft.credential) });
    setAnswer({ question: asked, found });
  });
  const found = answer?.question === question ? answer.found : null;
  const filters = JSON.stringify(filtersOf(draft));
  const isSelected = useMemo(() => {
    const wanted = JSON.parse(filters) as GithubDefinition['filters'];
    return ({ name, topics, pushedAt, ...one }: FoundRepository) =>
      leftOutBy(
        wanted,
        { name, topics, pushedAt, isPrivate: one.private, isFork: one.fork, isArchived: one.archived },
        nowMs,
      ) === null;
  }, [filters, nowMs]);
  const counts = useMemo(() => (found === null ? null : countsOf(found.repositories, isSelected)), [found, isSelected]);
  return {
    found,
    isSelected,
    counts,
    asking: order.isPending,
    problem: order.variables === question ? problemIn(order) : null,
    ask: () => order.mutate(question),
  };
}

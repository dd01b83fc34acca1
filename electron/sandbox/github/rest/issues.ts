/** REST calls about issues and pull requests, with their comments, reviews, labels and milestones. */
import { type Issue, type Pull } from '../tracker.ts';
import { notFound, ok, Refusal, type Answer } from './answer.ts';
import { numberOf, type RepositoryCall, type Route } from './call.ts';
import { page } from './paging.ts';
import {
  presentComment,
  presentIssue,
  presentLabel,
  presentMilestone,
  presentPull,
  presentReview,
  presentReviewComment,
} from './present-issues.ts';

const issuesNeed = 'issues=read';
const pullsNeed = 'pull_requests=read';
const eitherNeed = 'issues=read; pull_requests=read';

export const issueRoutes: readonly Route<RepositoryCall>[] = [
  { method: 'GET', pattern: 'issues', needs: issuesNeed, answer: issues },
  { method: 'GET', pattern: 'issues/comments', needs: eitherNeed, answer: comments },
  { method: 'GET', pattern: 'issues/:number', needs: eitherNeed, answer: issue },
  { method: 'GET', pattern: 'issues/:number/comments', needs: eitherNeed, answer: commentsOfIssue },
  { method: 'GET', pattern: 'labels', needs: eitherNeed, answer: labels },
  { method: 'GET', pattern: 'milestones', needs: eitherNeed, answer: milestones },
  { method: 'GET', pattern: 'pulls', needs: pullsNeed, answer: pulls },
  { method: 'GET', pattern: 'pulls/comments', needs: pullsNeed, answer: reviewComments },
  { method: 'GET', pattern: 'pulls/:number', needs: pullsNeed, answer: pull },
  { method: 'GET', pattern: 'pulls/:number/reviews', needs: pullsNeed, answer: reviews },
  { method: 'GET', pattern: 'pulls/:number/comments', needs: pullsNeed, answer: reviewCommentsOfPull },
];

/** With the pull requests among them, as on GitHub. */
function issues(call: RepositoryCall): Answer {
  const { repository, query } = call;
  if (!repository.hasIssues) throw new Refusal(410, 'Issues are disabled for this repo');
  const labelled = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const shown = ofState(repository.tracker.issues, query, 'open').filter(
    (one) => isSince(one.updatedAt, query) && labelled.every((name) => one.labels.includes(name)),
  );
  return listed(call, 'issues', sorted(shown, query, 'desc'), (one) => presentIssue(repository, one));
}

function issue(call: RepositoryCall): Answer {
  return ok(presentIssue(call.repository, issueOf(call)));
}

function comments(call: RepositoryCall): Answer {
  const { repository, query } = call;
  const all = repository.tracker.issues
    .flatMap((one) => one.comments.map((comment) => ({ one, comment, createdAt: comment.createdAt })))
    .filter(({ createdAt }) => isSince(createdAt, query));
  return listed(call, 'issues/comments', sorted(all, query, 'asc'), ({ one, comment }) =>
    presentComment(repository, one, comment),
  );
}

function commentsOfIssue(call: RepositoryCall): Answer {
  const one = issueOf(call);
  const shown = one.comments.filter(({ createdAt }) => isSince(createdAt, call.query));
  return listed(call, `issues/${one.number}/comments`, shown, (comment) =>
    presentComment(call.repository, one, comment),
  );
}

function labels(call: RepositoryCall): Answer {
  const { repository } = call;
  return listed(call, 'labels', repository.tracker.labels, (label) => presentLabel(repository, label));
}

function milestones(call: RepositoryCall): Answer {
  const { repository, query } = call;
  const shown = ofState(repository.tracker.milestones, query, 'open');
  return listed(call, 'milestones', shown, (milestone) => presentMilestone(repository, milestone));
}

function pulls(call: RepositoryCall): Answer {
  const { repository, query, viewer } = call;
  const shown = ofState(pullsOf(call), query, 'open');
  return listed(call, 'pulls', sorted(shown, query, 'desc'), (one) => presentPull(repository, viewer, one, one.pull));
}

function pull(call: RepositoryCall): Answer {
  const one = pullOf(call);
  return ok({
    ...presentPull(call.repository, call.viewer, one, one.pull),
    merged: one.pull.isMerged,
    mergeable: null,
    mergeable_state: 'unknown',
    comments: one.comments.length,
    review_comments: one.pull.comments.length,
    maintainer_can_modify: false,
  });
}

function reviews(call: RepositoryCall): Answer {
  const one = pullOf(call);
  return listed(call, `pulls/${one.number}/reviews`, one.pull.reviews, (review) =>
    presentReview(call.repository, one, review),
  );
}

function reviewComments(call: RepositoryCall): Answer {
  const { repository, query } = call;
  const all = pullsOf(call)
    .flatMap((one) => one.pull.comments.map((comment) => ({ one, comment, createdAt: comment.createdAt })))
    .filter(({ createdAt }) => isSince(createdAt, query));
  return listed(call, 'pulls/comments', sorted(all, query, 'asc'), ({ one, comment }) =>
    presentReviewComment(repository, one, comment),
  );
}

function reviewCommentsOfPull(call: RepositoryCall): Answer {
  const one = pullOf(call);
  return listed(call, `pulls/${one.number}/comments`, one.pull.comments, (comment) =>
    presentReviewComment(call.repository, one, comment),
  );
}

function listed<Item>(
  call: RepositoryCall,
  path: string,
  items: readonly Item[],
  present: (item: Item) => unknown,
): Answer {
  return page(call, `/repositories/${call.repository.id}/${path}`, items, present);
}

type PullIssue = Issue & { readonly pull: Pull };

function pullsOf({ repository }: RepositoryCall): PullIssue[] {
  return repository.tracker.issues.filter((one): one is PullIssue => one.pull !== null);
}

function issueOf(call: RepositoryCall): Issue {
  const found = call.repository.tracker.issues[numberOf(call, 'number') - 1];
  if (found === undefined) throw notFound();
  return found;
}

function pullOf(call: RepositoryCall): PullIssue {
  const found = issueOf(call);
  if (found.pull === null) throw notFound();
  return { ...found, pull: found.pull };
}

function ofState<Item extends { readonly state: 'open' | 'closed' }>(
  items: readonly Item[],
  query: URLSearchParams,
  usual: string,
): Item[] {
  const wanted = query.get('state') ?? usual;
  return items.filter(({ state }) => wanted === 'all' || state === wanted);
}

/** `since` is of the last change, to the second. */
function isSince(at: string, query: URLSearchParams): boolean {
  const since = query.get('since');
  if (since === null) return true;
  const sinceMs = Date.parse(since);
  if (Number.isNaN(sinceMs)) throw new Refusal(422, 'Validation Failed');
  return Math.floor(Date.parse(at) / 1000) >= Math.floor(sinceMs / 1000);
}

/** By creation, or by the last change where that is asked for; those of the same time stay in their order. */
function sorted<Item extends { readonly createdAt: string; readonly updatedAt?: string }>(
  items: readonly Item[],
  query: URLSearchParams,
  usual: 'asc' | 'desc',
): Item[] {
  const keyOf = (item: Item): number =>
    Date.parse(query.get('sort') === 'updated' ? (item.updatedAt ?? item.createdAt) : item.createdAt);
  const upwards = items.toSorted((a, b) => keyOf(a) - keyOf(b));
  return (query.get('direction') ?? usual) === 'asc' ? upwards : upwards.toReversed();
}

/** Issues, pull requests and what hangs on them, as the REST API shows them. */
import { type Viewer } from '../access.ts';
import { type Repository } from '../repository.ts';
import {
  type Comment,
  type Issue,
  type Label,
  type Milestone,
  type Pull,
  type Review,
  type ReviewComment,
} from '../tracker.ts';
import { nodeId, presentAccount, presentRepository } from './present.ts';

const urlOf = ({ world, fullName }: Repository): string => `${world.api}/repos/${fullName}`;
const htmlOf = ({ world, fullName }: Repository): string => `${world.web}/${fullName}`;

export function presentLabel(repository: Repository, label: Label) {
  const { id, name, color, description } = label;
  const url = `${urlOf(repository)}/labels/${encodeURIComponent(name)}`;
  return { id, node_id: nodeId('Label', id), url, name, color, default: false, description };
}

export function presentMilestone(repository: Repository, milestone: Milestone) {
  const { id, number, title, description, state, dueOn, createdAt } = milestone;
  const inIt = repository.tracker.issues.filter((issue) => issue.milestone === title);
  const url = `${urlOf(repository)}/milestones/${number}`;
  return {
    url,
    html_url: `${htmlOf(repository)}/milestone/${number}`,
    labels_url: `${url}/labels`,
    id,
    node_id: nodeId('Milestone', id),
    number,
    title,
    description,
    creator: presentAccount(repository.world, 'operator'),
    open_issues: inIt.filter((issue) => issue.state === 'open').length,
    closed_issues: inIt.filter((issue) => issue.state === 'closed').length,
    state,
    created_at: createdAt,
    updated_at: createdAt,
    due_on: dueOn,
    closed_at: state === 'closed' ? createdAt : null,
  };
}

/** A pull request is an issue too, which says so by `pull_request`. */
export function presentIssue(repository: Repository, issue: Issue) {
  const url = `${urlOf(repository)}/issues/${issue.number}`;
  return {
    url,
    repository_url: urlOf(repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: `${htmlOf(repository)}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`,
    node_id: nodeId(issue.pull === null ? 'Issue' : 'PullRequest', issue.id),
    ...common(repository, issue),
    author_association: 'MEMBER' as const,
    comments: issue.comments.length,
    state_reason: issue.state === 'closed' ? ('completed' as const) : null,
    closed_by: issue.state === 'closed' ? presentAccount(repository.world, issue.author) : null,
    performed_via_github_app: null,
    ...(issue.pull !== null && { draft: issue.pull.isDraft, pull_request: pullLinks(repository, issue, issue.pull) }),
  };
}

export function presentPull(repository: Repository, viewer: Viewer, issue: Issue, pull: Pull) {
  const links = pullLinks(repository, issue, pull);
  const issueUrl = `${urlOf(repository)}/issues/${issue.number}`;
  const side = ({ ref, sha }: Pull['head']) => ({
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: presentAccount(repository.world, repository.owner.login),
    repo: presentRepository(repository, viewer),
  });
  return {
    ...links,
    node_id: nodeId('PullRequest', issue.id),
    issue_url: issueUrl,
    commits_url: `${links.url}/commits`,
    review_comments_url: `${links.url}/comments`,
    review_comment_url: `${urlOf(repository)}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: `${urlOf(repository)}/statuses/${pull.head.sha}`,
    ...common(repository, issue),
    merge_commit_sha: pull.isMerged ? pull.head.sha : null,
    requested_reviewers: [],
    requested_teams: [],
    head: side(pull.head),
    base: side(pull.base),
    author_association: 'MEMBER' as const,
    auto_merge: null,
    draft: pull.isDraft,
  };
}

export function presentComment(repository: Repository, issue: Issue, comment: Comment) {
  return {
    url: `${urlOf(repository)}/issues/comments/${comment.id}`,
    html_url: `${htmlOf(repository)}/issues/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${urlOf(repository)}/issues/${issue.number}`,
    ...written(repository, 'IssueComment', comment),
    performed_via_github_app: null,
  };
}

export function presentReviewComment(repository: Repository, issue: Issue, comment: ReviewComment) {
  const pullUrl = `${urlOf(repository)}/pulls/${issue.number}`;
  const sha = issue.pull?.head.sha ?? '';
  return {
    url: `${urlOf(repository)}/pulls/comments/${comment.id}`,
    pull_request_review_id: null,
    html_url: `${htmlOf(repository)}/pull/${issue.number}#discussion_r${comment.id}`,
    pull_request_url: pullUrl,
    ...written(repository, 'PullRequestReviewComment', comment),
    diff_hunk: '@@ -1 +1 @@',
    path: comment.path,
    line: comment.line,
    original_line: comment.line,
    side: 'RIGHT' as const,
    commit_id: sha,
    original_commit_id: sha,
    _links: { self: { href: pullUrl }, html: { href: pullUrl }, pull_request: { href: pullUrl } },
  };
}

export function presentReview(repository: Repository, issue: Issue, review: Review) {
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: presentAccount(repository.world, review.author),
    body: review.body,
    state: review.state,
    html_url: `${htmlOf(repository)}/pull/${issue.number}#pullrequestreview-${review.id}`,
    pull_request_url: `${urlOf(repository)}/pulls/${issue.number}`,
    author_association: 'MEMBER' as const,
    submitted_at: review.submittedAt,
    commit_id: issue.pull?.head.sha ?? null,
  };
}

function common(repository: Repository, issue: Issue) {
  const { tracker, world } = repository;
  const milestone = tracker.milestones.find(({ title }) => title === issue.milestone);
  return {
    id: issue.id,
    number: issue.number,
    title: issue.title,
    user: presentAccount(world, issue.author),
    labels: tracker.labels
      .filter(({ name }) => issue.labels.includes(name))
      .map((label) => presentLabel(repository, label)),
    state: issue.state,
    locked: false,
    active_lock_reason: null,
    assignee: issue.assignees[0] === undefined ? null : presentAccount(world, issue.assignees[0]),
    assignees: issue.assignees.map((login) => presentAccount(world, login)),
    milestone: milestone === undefined ? null : presentMilestone(repository, milestone),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    body: issue.body,
  };
}

function pullLinks(repository: Repository, issue: Issue, { isMerged }: Pull) {
  const html = `${htmlOf(repository)}/pull/${issue.number}`;
  return {
    url: `${urlOf(repository)}/pulls/${issue.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: isMerged ? issue.closedAt : null,
  };
}

function written(repository: Repository, kind: string, { id, body, author, createdAt }: Comment) {
  return {
    id,
    node_id: nodeId(kind, id),
    user: presentAccount(repository.world, author),
    created_at: createdAt,
    updated_at: createdAt,
    author_association: 'MEMBER' as const,
    body,
  };
}

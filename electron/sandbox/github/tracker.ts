/** Issues and pull requests of one repository, which share their numbers, with labels and milestones. */
import { type World } from './world.ts';

export type CommentOptions = {
  readonly body: string;
  readonly author?: string;
  /** ISO-8601; now by default. */
  readonly createdAt?: string;
};

export type IssueOptions = {
  readonly title: string;
  readonly body?: string | null;
  readonly author?: string;
  readonly state?: 'open' | 'closed';
  /** Made where they are not there yet. */
  readonly labels?: readonly string[];
  /** Its title; made where it is not there yet. */
  readonly milestone?: string;
  readonly assignees?: readonly string[];
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly comments?: readonly CommentOptions[];
};

export type ReviewOptions = {
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';
  readonly body?: string;
  readonly author?: string;
  readonly submittedAt?: string;
};

export type ReviewCommentOptions = CommentOptions & { readonly path: string; readonly line?: number };

export type PullOptions = IssueOptions & {
  /** A branch of the repository; its default branch by default. */
  readonly head?: string;
  readonly base?: string;
  /** The commit of `refs/pull/N/head`; what `head` points to by default. */
  readonly commit?: string;
  readonly draft?: boolean;
  readonly merged?: boolean;
  readonly reviews?: readonly ReviewOptions[];
  readonly reviewComments?: readonly ReviewCommentOptions[];
};

export type Comment = {
  readonly id: number;
  readonly body: string;
  readonly author: string;
  readonly createdAt: string;
};
export type ReviewComment = Comment & { readonly path: string; readonly line: number };
export type Review = {
  readonly id: number;
  readonly state: ReviewOptions['state'];
  readonly body: string;
  readonly author: string;
  readonly submittedAt: string;
};

/** What a pull request has beyond an issue. */
export type Pull = {
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string; readonly sha: string };
  readonly isDraft: boolean;
  readonly isMerged: boolean;
  readonly reviews: Review[];
  readonly comments: ReviewComment[];
};

export type Issue = {
  readonly id: number;
  readonly number: number;
  readonly createdAt: string;
  readonly author: string;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  labels: readonly string[];
  milestone: string | null;
  assignees: readonly string[];
  updatedAt: string;
  closedAt: string | null;
  readonly comments: Comment[];
  readonly pull: Pull | null;
};

export type Label = {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
};
export type Milestone = {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly description: string | null;
  readonly state: 'open' | 'closed';
  readonly dueOn: string | null;
  readonly createdAt: string;
};

export type IssueChange = Partial<Omit<IssueOptions, 'author' | 'createdAt' | 'comments'>>;
export type MilestoneOptions = Partial<Pick<Milestone, 'description' | 'state' | 'dueOn'>>;

const usualAuthor = 'operator';

export class Tracker {
  readonly #world: World;
  /** By number upwards. */
  readonly issues: Issue[] = [];
  readonly labels: Label[] = [];
  readonly milestones: Milestone[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  get nextNumber(): number {
    return this.issues.length + 1;
  }

  add(options: IssueOptions, pull: Pull | null = null): Issue {
    const createdAt = options.createdAt ?? now();
    const comments = (options.comments ?? []).map((comment) => this.#comment(comment));
    const state = pull?.isMerged === true ? 'closed' : (options.state ?? 'open');
    const updatedAt = options.updatedAt ?? comments.at(-1)?.createdAt ?? createdAt;
    const issue: Issue = {
      id: this.#world.nextId(),
      number: this.nextNumber,
      createdAt,
      author: options.author ?? usualAuthor,
      title: options.title,
      body: options.body ?? null,
      state,
      labels: options.labels ?? [],
      milestone: options.milestone ?? null,
      assignees: options.assignees ?? [],
      updatedAt,
      closedAt: state === 'closed' ? updatedAt : null,
      comments,
      pull,
    };
    this.#makeNamed(issue);
    this.issues.push(issue);
    return issue;
  }

  pullOf(options: PullOptions, head: Pull['head'], base: Pull['base']): Pull {
    return {
      head,
      base,
      isDraft: options.draft ?? false,
      isMerged: options.merged ?? false,
      reviews: (options.reviews ?? []).map(({ state, body = '', author = usualAuthor, submittedAt = now() }) => ({
        id: this.#world.nextId(),
        state,
        body,
        author,
        submittedAt,
      })),
      comments: (options.reviewComments ?? []).map((comment) => ({
        ...this.#comment(comment),
        path: comment.path,
        line: comment.line ?? 1,
      })),
    };
  }

  /** Counts as a change of the issue. Throws for a number that is not there. */
  comment(number: number, options: CommentOptions): void {
    const issue = this.#issue(number);
    const comment = this.#comment(options);
    issue.comments.push(comment);
    issue.updatedAt = comment.createdAt;
  }

  change(number: number, change: IssueChange): void {
    const issue = this.#issue(number);
    issue.updatedAt = change.updatedAt ?? now();
    issue.title = change.title ?? issue.title;
    if (change.body !== undefined) issue.body = change.body;
    issue.labels = change.labels ?? issue.labels;
    issue.milestone = change.milestone ?? issue.milestone;
    issue.assignees = change.assignees ?? issue.assignees;
    issue.state = change.state ?? issue.state;
    issue.closedAt = issue.state === 'open' ? null : (issue.closedAt ?? issue.updatedAt);
    this.#makeNamed(issue);
  }

  addLabel(name: string, color = 'ededed', description: string | null = null): void {
    this.labels.push({ id: this.#world.nextId(), name, color, description });
  }

  addMilestone(title: string, options: MilestoneOptions = {}): void {
    const { description = null, state = 'open', dueOn = null } = options;
    const number = this.milestones.length + 1;
    const [id, createdAt] = [this.#world.nextId(), now()];
    this.milestones.push({ id, number, title, description, state, dueOn, createdAt });
  }

  #issue(number: number): Issue {
    const issue = this.issues[number - 1];
    if (issue === undefined) throw new Error(`there is no issue ${number}`);
    return issue;
  }

  #comment({ body, author = usualAuthor, createdAt = now() }: CommentOptions): Comment {
    return { id: this.#world.nextId(), body, author, createdAt };
  }

  #makeNamed({ labels, milestone }: Issue): void {
    for (const name of labels) if (!this.labels.some((label) => label.name === name)) this.addLabel(name);
    if (milestone !== null && !this.milestones.some(({ title }) => title === milestone)) this.addMilestone(milestone);
  }
}

function now(): string {
  return new Date().toISOString();
}

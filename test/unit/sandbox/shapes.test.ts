import { type Octokit } from 'octokit';
import { expectTypeOf, test } from 'vitest';
import {
  presentComment,
  presentIssue,
  presentLabel,
  presentMilestone,
  presentPull,
  presentReview,
  presentReviewComment,
} from '../../../electron/sandbox/github/rest/present-issues.ts';
import {
  presentOrganization,
  presentOwner,
  presentRepository,
  presentWholeRepository,
} from '../../../electron/sandbox/github/rest/present.ts';
import { presentRelease } from '../../../electron/sandbox/github/rest/releases.ts';

type Rest = Octokit['rest'];
type Shown<Call extends (...parameters: never[]) => Promise<{ readonly data: unknown }>> = Awaited<
  ReturnType<Call>
>['data'];
type Item<List> = List extends readonly (infer One)[] ? One : never;

// It is the type check that fails.
test('what the sandboxed GitHub shows has the shape that octokit promises', () => {
  // Of an empty repository, and of a label without description, GitHub says null, which its own description leaves out.
  type Whole = Omit<Shown<Rest['repos']['get']>, 'pushed_at'>;
  type Pull = Omit<Item<Shown<Rest['pulls']['list']>>, 'labels'>;
  expectTypeOf(presentWholeRepository).returns.toExtend<Whole>();
  expectTypeOf(presentRepository).returns.toExtend<Item<Shown<Rest['repos']['listForOrg']>>>();
  expectTypeOf(presentOrganization).returns.toExtend<Shown<Rest['orgs']['get']>>();
  expectTypeOf(presentOwner).returns.toExtend<Shown<Rest['users']['getByUsername']>>();
  expectTypeOf(presentIssue).returns.toExtend<Item<Shown<Rest['issues']['listForRepo']>>>();
  expectTypeOf(presentComment).returns.toExtend<Item<Shown<Rest['issues']['listCommentsForRepo']>>>();
  expectTypeOf(presentLabel).returns.toExtend<Item<Shown<Rest['issues']['listLabelsForRepo']>>>();
  expectTypeOf(presentMilestone).returns.toExtend<Item<Shown<Rest['issues']['listMilestones']>>>();
  expectTypeOf(presentPull).returns.toExtend<Pull>();
  expectTypeOf(presentReview).returns.toExtend<Item<Shown<Rest['pulls']['listReviews']>>>();
  expectTypeOf(presentReviewComment).returns.toExtend<Item<Shown<Rest['pulls']['listReviewCommentsForRepo']>>>();
  expectTypeOf(presentRelease).returns.toExtend<Item<Shown<Rest['repos']['listReleases']>>>();
});

import { expect, test } from 'vitest';
import { octokitOf } from '../../support/octokit.ts';
import { describePeer } from '../../support/peers.ts';
import { makeHubPlace, pushCommit } from '../../support/sandbox-github.ts';

const tools = { owner: 'acme', repo: 'tools' };
const day = (number: number): string => `2026-01-${String(number).padStart(2, '0')}T00:00:00Z`;

test('issues are listed newest first, by state and since their last change', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const repository = github.createRepository('acme', 'tools');
  repository.addLabel('bug', 'ff0000', 'Does not work');
  repository.addIssue({ title: 'First', labels: ['bug', 'new'], milestone: 'One', createdAt: day(1), author: 'ada' });
  repository.addIssue({ title: 'Second', state: 'closed', createdAt: day(2), body: 'Äöü' });
  repository.addIssue({ title: 'Third', createdAt: day(3), comments: [{ body: 'Yes', createdAt: day(4) }] });
  repository.comment(1, { body: 'Still there', author: 'bob', createdAt: day(9) });
  const { rest } = octokitOf(github, github.addToken({ scopes: 'read' }));
  const titles = async (more: object) =>
    (await rest.issues.listForRepo({ ...tools, ...more })).data.map(({ title }) => title);
  expect(await titles({})).toEqual(['Third', 'First']);
  expect(await titles({ state: 'all' })).toEqual(['Third', 'Second', 'First']);
  expect(await titles({ state: 'all', since: day(4) })).toEqual(['Third', 'First']);
  expect(await titles({ state: 'all', sort: 'updated', direction: 'asc' })).toEqual(['Second', 'Third', 'First']);
  expect(await titles({ state: 'all', per_page: 1, page: 2 })).toEqual(['Second']);
  expect((await rest.issues.get({ ...tools, issue_number: 1 })).data).toMatchObject({
    number: 1,
    user: { login: 'ada' },
    labels: [
      { name: 'bug', color: 'ff0000', description: 'Does not work' },
      { name: 'new', color: 'ededed', description: null },
    ],
    milestone: { title: 'One', number: 1, open_issues: 1 },
    comments: 1,
    created_at: day(1),
    updated_at: day(9),
    closed_at: null,
  });
  const comments = await rest.issues.listCommentsForRepo({ ...tools, since: day(5) });
  expect(comments.data).toMatchObject([{ body: 'Still there', user: { login: 'bob' } }]);
  expect((await rest.issues.listLabelsForRepo(tools)).data.map(({ name }) => name)).toEqual(['bug', 'new']);
  expect((await rest.issues.listMilestones({ ...tools, state: 'all' })).data).toHaveLength(1);
  expect((await rest.repos.get(tools)).data.open_issues_count).toBe(2);
});

test('where issues are switched off, there is no list of them', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'tools', { hasIssues: false });
  await expect(octokitOf(github).rest.issues.listForRepo(tools)).rejects.toMatchObject({ status: 410 });
});

describePeer('git', 'a pull request', () => {
  test('is an issue too, has reviews and comments on lines, and a ref that can be fetched and not pushed', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const repository = github.createRepository('acme', 'tools');
    const token = github.addToken();
    const work = await pushCommit(place, repository.cloneUrl, token);
    repository.addIssue({ title: 'An issue' });
    const number = repository.addPull({
      title: 'A change',
      merged: true,
      createdAt: day(1),
      updatedAt: day(2),
      reviews: [{ state: 'APPROVED', author: 'bob', body: 'Good' }],
      reviewComments: [{ path: 'README.md', body: 'Why?', author: 'bob', createdAt: day(2) }],
    });
    const { rest } = octokitOf(github, token);
    const sha = await place.mustGit(['rev-parse', 'HEAD'], { cwd: work });
    const [listed] = (await rest.issues.listForRepo({ ...tools, state: 'closed' })).data;
    expect(listed).toMatchObject({ number, pull_request: { merged_at: day(2) } });
    expect((await rest.pulls.list({ ...tools, state: 'all' })).data).toMatchObject([
      { number, state: 'closed', merged_at: day(2), head: { ref: 'main', sha }, base: { ref: 'main' } },
    ]);
    expect((await rest.pulls.get({ ...tools, pull_number: number })).data).toMatchObject({ merged: true });
    await expect(rest.pulls.get({ ...tools, pull_number: 1 })).rejects.toMatchObject({ status: 404 });
    const reviews = await rest.pulls.listReviews({ ...tools, pull_number: number });
    expect(reviews.data).toMatchObject([{ state: 'APPROVED', user: { login: 'bob' }, commit_id: sha }]);
    const comments = await rest.pulls.listReviewCommentsForRepo(tools);
    expect(comments.data).toMatchObject([{ path: 'README.md', body: 'Why?' }]);
    await place.mustGit(['fetch', '--quiet', repository.cloneUrl, `refs/pull/${number}/head`], { cwd: work });
    expect(await place.mustGit(['rev-parse', 'FETCH_HEAD'], { cwd: work })).toBe(sha);
    const mirrored = await place.git(['push', repository.cloneUrl, `HEAD:refs/pull/9/head`], { cwd: work, token });
    expect(mirrored.stderr).toContain('deny updating a hidden ref');
  });
});

import { Octokit } from 'octokit';
import { expect, test } from 'vitest';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

const octokitOf = ({ github }: HubPlace, auth?: string): Octokit =>
  new Octokit({ baseUrl: github.api, ...(auth !== undefined && { auth }), retry: { enabled: false } });

test('an organization of 10,000 repositories is listed page by page', async () => {
  await using place = await makeHubPlace();
  place.github.createOwner('Acme');
  for (let number = 0; number < 10_000; number++) {
    place.github.createRepository('acme', `part-${number}`, { private: number % 2 === 0 });
  }
  const octokit = octokitOf(place, place.github.addToken({ scopes: 'read' }));
  const listed = await octokit.paginate(octokit.rest.repos.listForOrg, { org: 'ACME', per_page: 100 });
  expect(new Set(listed.map(({ name }) => name)).size).toBe(10_000);
  expect(place.github.log).toHaveLength(100);
  const anonymous = await octokitOf(place).rest.repos.listForOrg({ org: 'acme', per_page: 1000 });
  expect(anonymous.data).toHaveLength(100);
  expect(anonymous.data.every((repository) => !repository.private)).toBe(true);
  expect(anonymous.headers.link).toMatch(
    /organizations\/\d+\/repos\?per_page=1000&page=2>; rel="next", .*page=50>; rel="last"/,
  );
});

/** REST calls about one repository: its facts, branches and topics. */
import { ok, type Answer } from './answer.ts';
import { type RepositoryCall, type Route } from './call.ts';
import { page } from './paging.ts';
import { presentWholeRepository } from './present.ts';

export const repositoryRoutes: readonly Route<RepositoryCall>[] = [
  {
    method: 'GET',
    pattern: '',
    needs: 'metadata=read',
    answer: ({ repository, viewer }) => ok(presentWholeRepository(repository, viewer)),
  },
  { method: 'GET', pattern: 'branches', needs: 'contents=read', answer: branches },
  {
    method: 'GET',
    pattern: 'topics',
    needs: 'metadata=read',
    answer: ({ repository }) => ok({ names: [...repository.topics] }),
  },
];

function branches(call: RepositoryCall): Answer {
  const { repository, world } = call;
  const commits = `${world.api}/repos/${repository.fullName}/commits`;
  const refs = repository.bare.refs('refs/heads/');
  return page(call, `/repositories/${repository.id}/branches`, refs, ({ name, sha }) => ({
    name: name.slice('refs/heads/'.length),
    commit: { sha, url: `${commits}/${sha}` },
    protected: false,
  }));
}

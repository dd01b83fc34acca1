/** REST calls that make a repository, below an organization or the account that asks. */
import { z } from 'zod';
import { type Owner } from '../world.ts';
import { organizationOf } from './accounts.ts';
import { created, invalid, needsAuthentication, notAccessible, Refusal, type Answer } from './answer.ts';
import { bodyOf, type Call, type Route } from './call.ts';
import { presentWholeRepository } from './present.ts';

export const newRepositoryRoutes: readonly Route[] = [
  { method: 'POST', pattern: 'orgs/:login/repos', answer: (call) => create(call, organizationOf(call)) },
  { method: 'POST', pattern: 'user/repos', answer: (call) => create(call, viewerOf(call)) },
];

const newRepository = z.object({
  name: z.string().min(1).max(100),
  description: z.string().nullish(),
  homepage: z.string().nullish(),
  private: z.boolean().optional(),
  visibility: z.enum(['public', 'private']).optional(),
  has_issues: z.boolean().optional(),
  has_wiki: z.boolean().optional(),
});

/** A repository that is made belongs to what the token covers, where the token covers all. */
function create(call: Call, owner: Owner): Answer {
  const { world, viewer } = call;
  if (viewer === null) throw needsAuthentication();
  if (viewer.level('administration') !== 'write') throw notAccessible(viewer, 'administration=write');
  const wanted = bodyOf(call, newRepository, 'Repository');
  // GitHub makes a name of whatever it is given.
  const name = wanted.name.replaceAll(/[^\w.-]/g, '-');
  if (!world.isName(name)) throw invalid('Repository', 'name', 'invalid', 'Repository creation failed.');
  if (world.find(owner.login, name)?.moved === false) {
    throw new Refusal(422, 'Repository creation failed.', {
      body: {
        errors: [
          { resource: 'Repository', code: 'custom', field: 'name', message: 'name already exists on this account' },
        ],
      },
    });
  }
  const repository = world.createRepository(owner, name, {
    private: wanted.private ?? wanted.visibility === 'private',
    description: wanted.description ?? null,
    hasIssues: wanted.has_issues ?? true,
    hasWiki: wanted.has_wiki ?? true,
  });
  if (wanted.homepage !== undefined) repository.change({ homepage: wanted.homepage });
  return created(presentWholeRepository(repository, viewer));
}

function viewerOf({ world, viewer }: Call): Owner {
  if (viewer === null) throw needsAuthentication();
  const owner = world.owner(viewer.login);
  if (viewer.installation !== null || owner === undefined) throw notAccessible(viewer, 'administration=write');
  return owner;
}

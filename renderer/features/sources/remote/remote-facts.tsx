/** What a source elsewhere captures and leaves out, as facts. */
import type { GitDefinition, GithubDefinition } from '../../../../shared/contract/sources.ts';
import { Fact } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { visibleText } from '../../../components/visible-text.ts';

export function RemoteFacts({ definition }: { readonly definition: GitDefinition | GithubDefinition }) {
  const { lfs, pullRefs, mirrors, verifyEveryDays, exceptions } = definition;
  const parts = definition.kind === 'github' ? definition.parts : null;
  const of = [
    'Git',
    ...(lfs ? ['LFS'] : []),
    ...(pullRefs ? ['heads of pull requests'] : []),
    ...(parts?.wiki === true ? ['wiki'] : []),
    ...(parts?.issues === true ? ['issues and pull requests'] : []),
    ...(parts?.releases === true ? ['releases'] : []),
  ];
  return (
    <>
      {definition.kind === 'github' ? <Filters filters={definition.filters} /> : null}
      <Fact name="Of each">{of.join(', ')}</Fact>
      {definition.kind === 'github' && definition.app !== null ? (
        <Fact name="Reached with">
          GitHub App {definition.app.id}, installation {definition.app.installation}
        </Fact>
      ) : null}
      {definition.kind === 'git' && definition.user !== null ? (
        <Fact name="User">{visibleText(definition.user)}</Fact>
      ) : null}
      {exceptions.map(({ part, reason }) => (
        <Fact key={part} name="Accepted as gone">
          {visibleText(`${part}: ${reason}`)}
        </Fact>
      ))}
      <Fact name="Mirrors checked">{verifyEveryDays === 1 ? 'every day' : `every ${verifyEveryDays} days`}</Fact>
      <Fact name="Mirrors in">{mirrors === null ? 'the home of this console' : <PathText path={mirrors} mono />}</Fact>
    </>
  );
}

function Filters({ filters }: { readonly filters: GithubDefinition['filters'] }) {
  const { include, exclude, topics, visibility, forks, archived, pushedWithinDays } = filters;
  const words = [
    ...(include.length === 0 ? [] : [`named ${include.map(visibleText).join(', ')}`]),
    ...(exclude.length === 0 ? [] : [`not ${exclude.map(visibleText).join(', ')}`]),
    ...(topics.length === 0 ? [] : [`with topic ${topics.map(visibleText).join(' or ')}`]),
    ...(visibility === 'all' ? [] : [visibility]),
    ...(forks ? [] : ['no forks']),
    ...(archived ? [] : ['not archived']),
    ...(pushedWithinDays === null ? [] : [`pushed to within ${pushedWithinDays} days`]),
  ];
  return <Fact name="Which">{words.length === 0 ? 'all' : words.join('; ')}</Fact>;
}

/** Settings and topics of a repository given back to GitHub: in one request where GitHub takes it, else one by one. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type {
  GitHubSettings,
  PlannedPart,
  RepositoryFacts,
  SettingName,
} from '../../../../shared/model/github-restore-plan.ts';
import { bearable, failed, isGoing, settled, type PartOutcome } from './parts.ts';
import type { GitHubName, GitHubTargets } from './targets.ts';

export async function giveSettings(
  hub: GitHubTargets,
  name: GitHubName,
  { settings }: RepositoryFacts,
  planned: readonly PlannedPart[],
): Promise<readonly PartOutcome[]> {
  const going = planned.filter(isGoing);
  const others = planned.filter((part) => !isGoing(part)).map((part) => settled(part, false));
  if (going.length === 0) return others;
  const change = async (parts: readonly PlannedPart[]): Promise<HoldfastError | null> => {
    try {
      await hub.change(name, pick(settings, parts));
      return null;
    } catch (error) {
      return bearable(error);
    }
  };
  const failure = await change(going);
  if (failure === null) return [...going.map((part) => settled(part, false)), ...others];
  // One that the plan of the account has not must not keep the others.
  const isOneByOne = failure.code === 'GITHUB_DECLINED' && going.length > 1;
  const outcomes: PartOutcome[] = [];
  for (const part of going) {
    const own = isOneByOne ? await change([part]) : failure;
    outcomes.push(own === null ? settled(part, false) : failed(part, own.code, own.message));
  }
  return [...outcomes, ...others];
}

export async function giveTopics(
  hub: GitHubTargets,
  name: GitHubName,
  { topics }: RepositoryFacts,
  planned: readonly PlannedPart[],
): Promise<readonly PartOutcome[]> {
  const outcomes: PartOutcome[] = [];
  for (const part of planned) {
    try {
      if (isGoing(part)) await hub.setTopics(name, topics);
      outcomes.push(settled(part, false));
    } catch (error) {
      const { code, message } = bearable(error);
      outcomes.push(failed(part, code, message));
    }
  }
  return outcomes;
}

function pick(settings: GitHubSettings, parts: readonly PlannedPart[]): GitHubSettings {
  const names = parts.map((part) => part.name as SettingName);
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as GitHubSettings;
}

/** Settings and topics of a repository given back to GitHub: in one request where GitHub takes it, else one by one. */
import type {
  GitHubSettings,
  PlannedPart,
  RepositoryFacts,
  SettingName,
} from '../../../../shared/model/github-restore-plan.ts';
import { failedBy, isGoing, settled, type PartOutcome } from './parts.ts';
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
  const change = async (parts: readonly PlannedPart[]): Promise<PartOutcome[]> => {
    try {
      await hub.change(name, pick(settings, parts));
      return parts.map((part) => settled(part, false));
    } catch (error) {
      return parts.map((part) => failedBy(part, error));
    }
  };
  const together = await change(going);
  // One that the plan of the account has not must not keep the others.
  const isOneByOne = together.length > 1 && together[0]?.code === 'GITHUB_DECLINED';
  if (!isOneByOne) return [...together, ...others];
  const outcomes: PartOutcome[] = [];
  for (const part of going) outcomes.push(...(await change([part])));
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
      outcomes.push(failedBy(part, error));
    }
  }
  return outcomes;
}

function pick(settings: GitHubSettings, parts: readonly PlannedPart[]): GitHubSettings {
  const names = parts.map((part) => part.name as SettingName);
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as GitHubSettings;
}

/** What GitHub keeps for an owner and no run fetches: named on the source, so that nobody finds out in a disaster. */
export const notCaptured: readonly string[] = [
  'Teams, members and their rights',
  'Rulesets of the organization',
  'Webhooks and installed apps',
  'Secrets, variables and environments',
  'Deploy keys',
  'Projects',
  'Discussions',
  'Workflow runs, their logs and artifacts',
  'Packages and container images',
  'Pages and custom domains',
  'Code scanning, secret scanning and Dependabot alerts',
  'Images and files attached to issues and comments',
  'Stars, watchers and traffic',
];

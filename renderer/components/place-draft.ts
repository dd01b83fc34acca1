/** Where a repository is to lie, as it is being entered: a location, and what it is reached with. */
import type { RepositoryReach } from '../../shared/contract/repository-access.ts';
import type { AccessSecret, AccessSettings } from '../../shared/model/repository-access.ts';
import { secretsFor, settingsFor } from '../../shared/model/repository-access.ts';

export type PlaceKind = 'local' | 's3' | 'rest' | 'sftp';

export const placeKinds: readonly { readonly value: PlaceKind; readonly label: string }[] = [
  { value: 'local', label: 'A folder, also of a disk or share' },
  { value: 's3', label: 'A bucket of AWS S3, or of a store that speaks S3' },
  { value: 'rest', label: 'A REST server, such as another Holdfast' },
  { value: 'sftp', label: 'A folder over SSH (SFTP)' },
];

export const emptyReach: RepositoryReach = { settings: {}, secrets: {} };

const beginnings: Readonly<Record<PlaceKind, string>> = {
  local: '',
  s3: 's3:https://',
  rest: 'rest:https://',
  sftp: 'sftp:',
};

export function kindOf(location: string): PlaceKind {
  const [, scheme] = /^(s3|rest|sftp):/.exec(location) ?? [];
  return (scheme as PlaceKind | undefined) ?? 'local';
}

/** What a location of that kind begins with. */
export function beginningOf(kind: PlaceKind): string {
  return beginnings[kind];
}

/** What was entered and goes with the kind: fields that are empty say nothing. Undefined where there is nothing. */
export function givenReach(location: string, { settings, secrets }: RepositoryReach): RepositoryReach | undefined {
  const kind = kindOf(location);
  const isGiven = ([, value]: readonly [string, unknown]): boolean =>
    value !== undefined && value !== '' && value !== false;
  const kept = Object.entries(settings).filter((entry) => isGiven(entry) && isOne(settingsFor(kind), entry[0]));
  const hidden = Object.entries(secrets).filter((entry) => isGiven(entry) && isOne(secretsFor(kind), entry[0]));
  if (kept.length + hidden.length === 0) return undefined;
  return { settings: Object.fromEntries(kept), secrets: Object.fromEntries(hidden) };
}

export function withSetting(reach: RepositoryReach, change: AccessSettings): RepositoryReach {
  return { ...reach, settings: { ...reach.settings, ...change } };
}

export function withSecret(reach: RepositoryReach, name: AccessSecret, value: string): RepositoryReach {
  return { ...reach, secrets: { ...reach.secrets, [name]: value } };
}

function isOne(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

/** A source in EC2 while somebody puts it together. Pure. */
import { instancePattern, regionPattern, tagLimits, volumePattern } from '../../../../shared/model/aws.ts';
import { noHooks } from '../../../../shared/model/hooks.ts';
import type { Ec2Copy, Ec2Lock, Ec2Target } from '../../../../shared/contract/aws-sources.ts';
import type { Ec2Definition } from '../../../../shared/contract/sources.ts';
import { nameFault, suggestedName } from '../../../components/source-draft.ts';
import { emptyPlace, isPlaceRight, placeDraftOf, placeOf, type PlaceDraft } from '../aws/place-draft.ts';
import { wordsOf } from '../remote/lines.ts';

export type CopyDraft = {
  readonly region: string;
  readonly account: string;
  readonly keepDays: string;
  readonly kmsKey: string;
};

/** Texts as they were typed; fields of other kinds are there and not used. */
export type Ec2Draft = PlaceDraft & {
  readonly of: Ec2Target['kind'];
  readonly instance: string;
  readonly withoutRoot: boolean;
  /** Ids of volumes, parted by spaces or lines. */
  readonly excludes: string;
  readonly volume: string;
  readonly tagKey: string;
  /** Empty: any. */
  readonly tagValue: string;
  readonly copies: readonly CopyDraft[];
  readonly lock: Ec2Lock['mode'] | 'none';
  readonly lockDays: string;
  /** Empty: none. */
  readonly coolOffHours: string;
  readonly offCloud: boolean;
  /** Days; empty: as the periods say. */
  readonly offCloudKeep: string;
  /** Empty: the name that is suggested. */
  readonly name: string;
  /** Kept as they are: they are changed where profiles are given. */
  readonly tags: readonly string[];
  readonly rpoMs: number | null;
};

export const emptyCopy: CopyDraft = { region: '', account: '', keepDays: '', kmsKey: '' };

export const emptyEc2Draft: Ec2Draft = {
  ...emptyPlace,
  of: 'instance',
  instance: '',
  withoutRoot: false,
  excludes: '',
  volume: '',
  tagKey: '',
  tagValue: '',
  copies: [],
  lock: 'none',
  lockDays: '30',
  coolOffHours: '24',
  offCloud: false,
  offCloudKeep: '',
  name: '',
  tags: [],
  rpoMs: null,
};

/** Of what was found where nothing protects it. */
export function ec2DraftFrom(found: {
  readonly account?: string;
  readonly region?: string;
  readonly of?: string;
}): Ec2Draft {
  const { account = '', region = '', of: id = '' } = found;
  const place = { ...emptyEc2Draft, account, region };
  if (volumePattern.test(id)) return { ...place, of: 'volume', volume: id };
  return instancePattern.test(id) ? { ...place, instance: id } : place;
}

export function ec2DraftOf(source: Ec2Definition): Ec2Draft {
  const { target, copies, lock, offCloud, offCloudKeepDays, name, tags, rpoMs } = source;
  return {
    ...emptyEc2Draft,
    ...placeDraftOf(source),
    of: target.kind,
    ...(target.kind === 'instance'
      ? { instance: target.instance, withoutRoot: target.withoutRoot, excludes: target.excludes.join(' ') }
      : {}),
    ...(target.kind === 'volume' ? { volume: target.volume } : {}),
    ...(target.kind === 'tag' ? { tagKey: target.key, tagValue: target.value ?? '' } : {}),
    copies: copies.map((copy) => ({
      region: copy.region,
      account: copy.account ?? '',
      keepDays: copy.keepDays === null ? '' : String(copy.keepDays),
      kmsKey: copy.kmsKey ?? '',
    })),
    ...(lock === null
      ? {}
      : {
          lock: lock.mode,
          lockDays: String(lock.days),
          coolOffHours: lock.coolOffHours === null ? '' : String(lock.coolOffHours),
        }),
    offCloud,
    offCloudKeep: offCloudKeepDays === null ? '' : String(offCloudKeepDays),
    name,
    tags,
    rpoMs,
  };
}

export function instanceFault(text: string): string | null {
  return isEmptyOr(text, instancePattern) ? null : 'An instance is written as i-0123456789abcdef0.';
}

export function volumeFault(text: string): string | null {
  return isEmptyOr(text, volumePattern) ? null : 'A volume is written as vol-0123456789abcdef0.';
}

export function excludesFault(text: string): string | null {
  return wordsOf(text).every((volume) => volumePattern.test(volume)) ? null : 'Ids of volumes, parted by spaces.';
}

/** `text`: null where nothing need be said. */
export function daysFault(text: string): string | null {
  const isDays = /^[1-9]\d{0,4}$/.test(text.trim()) && Number(text) <= 36_500;
  return isDays ? null : 'Days, from 1 to 36,500.';
}

export function coolOffFault(text: string): string | null {
  const isHours = /^[1-9]\d?$/.test(text.trim()) && Number(text) <= 72;
  return text.trim() === '' || isHours ? null : 'Hours, from 1 to 72; empty: none.';
}

export function copyFault({ region, keepDays }: CopyDraft): { readonly region?: string; readonly keepDays?: string } {
  const days = keepDays.trim() === '' ? null : daysFault(keepDays);
  return {
    ...(region.trim() !== '' && !regionPattern.test(region.trim()) ? { region: 'Written as eu-west-1.' } : {}),
    ...(days === null ? {} : { keepDays: days }),
  };
}

/** Null while something is missing or wrong. */
export function targetOf(draft: Ec2Draft): Ec2Target | null {
  if (draft.of === 'volume') {
    const volume = draft.volume.trim();
    return volumePattern.test(volume) ? { kind: 'volume', volume } : null;
  }
  if (draft.of === 'tag') {
    const [key, value] = [draft.tagKey.trim(), draft.tagValue.trim()];
    const fits = key !== '' && key.length <= tagLimits.key && value.length <= tagLimits.value;
    return fits ? { kind: 'tag', key, value: value === '' ? null : value } : null;
  }
  const instance = draft.instance.trim();
  if (!instancePattern.test(instance) || excludesFault(draft.excludes) !== null) return null;
  return { kind: 'instance', instance, withoutRoot: draft.withoutRoot, excludes: [...wordsOf(draft.excludes)] };
}

/** Undefined while something of it is wrong; null: none. */
export function lockOf(draft: Ec2Draft): Ec2Lock | null | undefined {
  if (draft.lock === 'none') return null;
  if (daysFault(draft.lockDays) !== null) return undefined;
  const days = Number(draft.lockDays);
  if (draft.lock === 'governance') return { mode: 'governance', days, coolOffHours: null };
  if (coolOffFault(draft.coolOffHours) !== null) return undefined;
  return {
    mode: 'compliance',
    days,
    coolOffHours: draft.coolOffHours.trim() === '' ? null : Number(draft.coolOffHours),
  };
}

/** Whether somebody has to confirm it: a compliance lock that was not there, or not like this, before. */
export function needsConfirming(lock: Ec2Lock | null | undefined, before: Ec2Lock | null): boolean {
  if (lock?.mode !== 'compliance') return false;
  return (
    before?.mode !== 'compliance' || before.days < lock.days || (before.coolOffHours ?? 0) > (lock.coolOffHours ?? 0)
  );
}

export function ec2NameOf(draft: Ec2Draft, taken: ReadonlySet<string>): string {
  if (draft.name.trim() !== '') return draft.name.trim();
  const words = { instance: draft.instance, volume: draft.volume, tag: draft.tagValue || draft.tagKey }[
    draft.of
  ].trim();
  return suggestedName([words === '' ? draft.of : words.replaceAll('/', '-')], taken);
}

/** Null while something is missing or wrong. */
export function ec2DefinitionOf(draft: Ec2Draft, taken: ReadonlySet<string>): Ec2Definition | null {
  const name = ec2NameOf(draft, taken);
  const [target, lock] = [targetOf(draft), lockOf(draft)];
  const copies = draft.copies.map(copyOf);
  if (target === null || lock === undefined || !isPlaceRight(draft) || nameFault(name, taken) !== null) return null;
  if (copies.some((copy) => copy === null)) return null;
  const keep = draft.offCloudKeep.trim();
  if (keep !== '' && daysFault(keep) !== null) return null;
  return {
    kind: 'ec2',
    name,
    commands: noHooks,
    tags: [...draft.tags],
    rpoMs: draft.rpoMs,
    ...placeOf(draft),
    target,
    copies: copies.filter((copy) => copy !== null),
    lock,
    offCloud: draft.offCloud,
    offCloudKeepDays: draft.offCloud && keep !== '' ? Number(keep) : null,
  };
}

function copyOf(draft: CopyDraft): Ec2Copy | null {
  const { region, account, keepDays, kmsKey } = draft;
  if (region.trim() === '' || Object.keys(copyFault(draft)).length > 0) return null;
  return {
    region: region.trim(),
    account: account === '' ? null : account,
    keepDays: keepDays.trim() === '' ? null : Number(keepDays),
    kmsKey: kmsKey.trim() === '' ? null : kmsKey.trim(),
  };
}

function isEmptyOr(text: string, pattern: RegExp): boolean {
  return text.trim() === '' || pattern.test(text.trim());
}

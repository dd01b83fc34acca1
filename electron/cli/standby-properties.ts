/** Properties of a standby as they are typed: `key=value`. */
import { resolve } from 'node:path';
import type { StandbySettings, StandbyTarget } from '../../shared/contract/standby.ts';
import { parseDuration } from '../../shared/model/units.ts';
import { yesOrNo } from './arguments.ts';
import { bucketIn } from './bucket-place.ts';
import { badUsage } from './failure.ts';
import type { World } from './world.ts';

export const standbyHelp = `
Properties (--set key=value):
  versions       how many are kept beside the current one (3)
  keep-changes   yes: what somebody has changed in it is kept aside before it is put right
  lag            after how long behind there is an alert, such as 12h (1d); never
  enabled        no: it stays as it is
  region, endpoint, account   of a bucket: an AWS account of this console, the AWS environment without`;

/** What the properties change; a key of which nothing is said stays. */
export function settingsOf(given: readonly string[]): Partial<StandbySettings> {
  return Object.assign({}, ...given.map((text) => settingOf(...split(text)))) as Partial<StandbySettings>;
}

export function isOfTarget(text: string): boolean {
  return /^(?:region|endpoint|account)=/.test(text);
}

export function targetOf(world: World, to: string, given: readonly string[]): StandbyTarget {
  if (!to.startsWith('s3://')) {
    if (given.length > 0) throw badUsage('A region, an endpoint and an account are those of a bucket.');
    return { kind: 'folder', path: resolve(world.folder, to) };
  }
  const where = { region: null, endpoint: null, account: null, ...Object.fromEntries(given.map(split)) };
  const { bucket, prefix } = bucketIn(to, '--to ');
  return { kind: 'bucket', bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`, ...where };
}

function split(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw badUsage(`"${text}" is no property: write key=value.`);
  return [text.slice(0, at), text.slice(at + 1).trim()];
}

function settingOf(key: string, value: string): Partial<StandbySettings> {
  switch (key) {
    case 'versions':
      if (!/^\d{1,3}$/.test(value)) throw badUsage('versions is a number, such as 3.');
      return { versions: Number(value) };
    case 'keep-changes':
      return { keepChanges: yesOrNo(key, value) };
    case 'enabled':
      return { enabled: yesOrNo(key, value) };
    case 'lag':
      return { lagLimitMs: value === 'never' ? null : durationOf(value) };
    default:
      throw badUsage(`A standby has no property ${key}.`);
  }
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw badUsage(`"${text}" is no duration: write 12h, 2d or never.`);
  return ms;
}

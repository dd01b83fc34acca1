/** Properties of a site as they are typed: `key=value`. */
import type { SiteDefinition, SiteSettings } from '../../shared/contract/sites.ts';
import { formatDuration, parseDuration } from '../../shared/model/units.ts';
import { domainWords } from '../../shared/model/site-copies.ts';
import { defaultRetry } from '../../shared/model/sync-queue.ts';
import { alwaysFull, parseWeekGrid, weekGridText } from '../../shared/model/week-grid.ts';
import { yesOrNo } from './arguments.ts';
import { badUsage } from './failure.ts';

export const siteHelp = `
Properties (--set key=value):
  place, provider, account, region   where it is: copies are counted by it
  window           when it may be sent to, and how fast:
                   "mon-fri 08:00-18:00 off; sat,sun full; otherwise 2MiB/s"
  zone             whose clocks the window goes by (IANA), this machine's by default
  lag              how far it may be behind before that is an alert, such as 2d
  append-only      yes: from here nothing expires there and nothing is pruned
  enabled          no: nothing is sent there
  retries, retry-interval, retry-multiplier   10, 60s and 2 by default`;

/** What the properties change of the settings that were; a key of which nothing is said stays. */
export function siteSettings(given: readonly string[], was: SiteSettings | null): Partial<SiteSettings> {
  let settings: Partial<SiteSettings> = {};
  const now = (): SiteSettings => ({ ...(was ?? defaults), ...settings });
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw badUsage(`"${text}" is no property: write key=value.`);
    settings = { ...settings, ...change(text.slice(0, at), text.slice(at + 1).trim(), now()) };
  }
  return settings;
}

export function settingFacts(site: SiteDefinition): readonly (readonly [string, string])[] {
  const { domain, enabled, appendOnly, grid, retry, lagLimitMs, location } = site;
  const where = domainWords(domain);
  const window = weekGridText(grid);
  const zone = grid.zone === null ? '' : ` (${grid.zone})`;
  return [
    ['repository', location],
    ['where', where === '' ? 'nobody has said' : where],
    ['enabled', enabled ? 'yes' : 'no'],
    ['append-only', appendOnly ? 'yes' : 'no'],
    ['window', window === '' ? 'always, as fast as it goes' : `${window}${zone}`],
    ['lag', lagLimitMs === null ? 'no limit' : `${formatDuration(lagLimitMs)} at most`],
    [
      'retries',
      `${retry.retries}, after ${formatDuration(retry.intervalMs)}, then ${retry.multiplier} times as long each`,
    ],
  ];
}

const defaults: SiteSettings = {
  domain: { place: '', provider: '', account: '', region: '' },
  enabled: true,
  appendOnly: false,
  grid: alwaysFull,
  retry: defaultRetry,
  lagLimitMs: null,
};

function change(key: string, value: string, was: SiteSettings): Partial<SiteSettings> {
  switch (key) {
    case 'place':
    case 'provider':
    case 'account':
    case 'region':
      return { domain: { ...was.domain, [key]: value } };
    case 'enabled':
      return { enabled: yesOrNo(key, value) };
    case 'append-only':
      return { appendOnly: yesOrNo(key, value) };
    case 'window': {
      const parsed = parseWeekGrid(value, was.grid.zone);
      if ('problem' in parsed) throw badUsage(parsed.problem);
      return { grid: parsed.grid };
    }
    case 'zone':
      return { grid: { ...was.grid, zone: value === '' ? null : value } };
    case 'lag':
      return { lagLimitMs: value === '' || value === 'none' ? null : duration(key, value) };
    case 'retries':
      return { retry: { ...was.retry, retries: number(key, value) } };
    case 'retry-interval':
      return { retry: { ...was.retry, intervalMs: duration(key, value) } };
    case 'retry-multiplier':
      return { retry: { ...was.retry, multiplier: number(key, value) } };
    default:
      throw badUsage(`A site has no property ${key}.`);
  }
}

function duration(key: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms <= 0) throw badUsage(`${key} is a duration such as 30m, 12h or 2d.`);
  return ms;
}

function number(key: string, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0) throw badUsage(`${key} is a number.`);
  return value;
}

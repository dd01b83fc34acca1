/** What a stranger may see of this engine, to help: facts without secrets, paths, names. */
import { sourcePlaces } from '../../../../shared/model/source-kinds.ts';
import { availableParallelism, homedir, release, totalmem, uptime } from 'node:os';
import type { Diagnostics } from '../../../../shared/contract/engine.ts';
import { crashFolder, crashReports } from '../../platform/crash-report.ts';
import { processIdentity } from '../../platform/identity.ts';
import { lastLogLines, logFolder } from '../../platform/log.ts';
import { Pseudonyms, pseudonymKey } from '../../platform/pseudonyms.ts';
import type { CallContext } from '../context.ts';
import { runSelfTest } from './self-test.ts';

const logLines = 200;
const crashes = 3;
const jobsShown = 50;

/** Facts of log lines that name nothing but the program's own words. */
const plainFacts = new Set([
  'code',
  'call',
  'kind',
  'state',
  'durationMs',
  'version',
  'node',
  'platform',
  'signal',
  'name',
]);

export async function diagnose(context: CallContext): Promise<Diagnostics> {
  const { home, life, stays, bounds } = context;
  const missing: string[] = [];
  const attempt = async <Value>(what: string, otherwise: Value, find: () => Promise<Value>): Promise<Value> => {
    try {
      return await find();
    } catch {
      missing.push(what);
      return otherwise;
    }
  };
  const left = (what: string): string[] => {
    missing.push(what);
    return [];
  };
  const names = await attempt('names', [], () => knownNames(context));
  const pseudonyms = new Pseudonyms(await pseudonymKey(home), names);
  return {
    madeAt: new Date().toISOString(),
    versions: { holdfast: life.version, ...versions() },
    machine: {
      platform: `${process.platform} ${process.arch}`,
      release: release(),
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      uptimeSeconds: Math.round(uptime()),
    },
    engine: { startedAt: life.startedAt, stays, memoryBytes: process.memoryUsage.rss() },
    selfTest: (await attempt('self-test', [], () => runSelfTest())).map((each) => ({
      ...each,
      detail: each.ok ? each.detail : pseudonyms.inText(each.detail),
    })),
    settings: await attempt('settings', [], () => settingNames(context)),
    counts: await attempt('counts', {}, () => counts(context)),
    jobs: await attempt('jobs', [], () => recentJobs(context)),
    // One log tells of all tenants: it is the operator's.
    log: bounds.isOwner
      ? lastLogLines(logFolder(home), logLines).map((line) => harmlessLine(line, pseudonyms))
      : left('log'),
    crashes: bounds.isOwner
      ? crashReports(crashFolder(home), crashes).map((report) => JSON.stringify(harmless(report, pseudonyms, '')))
      : left('crashes'),
    missing,
  };
}

function versions(): Record<string, string> {
  const { node, v8, openssl, uv } = process.versions;
  return { node, v8, openssl, uv, zstd: process.versions['zstd'] ?? 'unknown' };
}

async function knownNames({ home, catalog, caller }: CallContext): Promise<string[]> {
  const { hostname, username } = processIdentity();
  const runs = await catalog.read('restoreRuns.list', caller, { open: false, before: null, limit: 200 });
  const sources = await catalog.read('registeredSources.list', caller, null);
  return [
    hostname,
    username,
    home,
    homedir(),
    caller.tenant,
    caller.actor,
    ...caller.actor.split(':'),
    ...sources.flatMap((source) => [
      source.name,
      ...sourcePlaces(source),
      ...(source.kind === 'github' ? [source.owner] : []),
    ]),
    ...runs.flatMap(({ row }) => [row.title, row.location, row.actor]),
  ];
}

async function settingNames({ catalog, caller }: CallContext): Promise<string[]> {
  return (await catalog.read('settings.list', caller, null)).map(({ key }) => key);
}

async function counts({ catalog, caller, live, console }: CallContext): Promise<Record<string, number>> {
  const [sources, holds, runs] = await Promise.all([
    catalog.read('registeredSources.list', caller, null),
    catalog.read('holds.list', caller, null),
    catalog.read('restoreRuns.list', caller, { open: true, before: null, limit: 1000 }),
  ]);
  return {
    registeredSources: sources.length,
    holds: holds.length,
    openRestoreRuns: runs.length,
    sessions: console?.sessions(caller.tenant).length ?? 0,
    streams: live.streams,
  };
}

async function recentJobs({ jobs, jobBook, caller }: CallContext): Promise<Diagnostics['jobs']> {
  const all = [...jobs.underWay(caller), ...(await jobBook.ended(caller, null, jobsShown))];
  return all.map(({ kind, state, queuedAt, startedAt, endedAt, error }) => ({
    kind,
    state,
    queuedAt,
    startedAt,
    endedAt,
    error: error?.code ?? null,
  }));
}

function harmlessLine(line: string, pseudonyms: Pseudonyms): string {
  try {
    return JSON.stringify(harmless(JSON.parse(line), pseudonyms, ''));
  } catch {
    return pseudonyms.of('line', line);
  }
}

/** Texts of facts are replaced; fixed sentences, codes and errors lose what they name. */
function harmless(value: unknown, pseudonyms: Pseudonyms, name: string): unknown {
  if (typeof value === 'string') return harmlessText(value, pseudonyms, name);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => harmless(element, pseudonyms, name));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, harmless(part, pseudonyms, key)]));
}

function harmlessText(text: string, pseudonyms: Pseudonyms, name: string): string {
  if (name === 'time' || name === 'at' || name === 'startedAt') return /^[\d:.TZ-]+$/.test(text) ? text : '';
  if (name === 'stack') return ownFrames(text);
  if (name === 'msg' || name === 'message' || name === 'meaning' || name === 'detail') return pseudonyms.inText(text);
  return plainFacts.has(name) && /^[\w .-]{1,64}$/.test(text) ? text : pseudonyms.of('text', text);
}

/** Where in the program: names of functions, and files from the root of the project on. */
function ownFrames(stack: string): string {
  return stack
    .split('\n')
    .flatMap((line) => {
      const frame =
        /^\s+at (?:([\w.#<> []+\]?) \()?.*?((?:electron|shared|node_modules|node:)[\w/.@-]*:\d+:\d+)\)?$/.exec(line);
      return frame === null ? [] : [`${frame[1] ?? ''} ${frame[2] ?? ''}`.trim()];
    })
    .join(' < ');
}

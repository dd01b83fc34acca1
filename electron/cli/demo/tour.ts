/**
 * What Holdfast is for, in a few minutes and on this machine alone: four kinds of sources are protected, copied to a site,
 * damaged, repaired, lost and brought back. Whatever comes back is compared with what was there, not by Holdfast's own word.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { drillSchema, type Drill } from '../../../shared/contract/drills.ts';
import { checkResultSchema } from '../../../shared/contract/repository.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { restoreResultSchema } from '../../../shared/contract/recovery.ts';
import { snapshotSchema } from '../../../shared/contract/snapshots.ts';
import { repairResultSchema, scrubResultSchema } from '../../../shared/contract/integrity.ts';
import { rtoWords } from '../../../shared/model/drills.ts';
import { formatBytes, formatCount, formatDuration } from '../../../shared/model/units.ts';
import type { Company, Standing } from '../../sandbox/company.ts';
import type { Office } from '../../sandbox/office.ts';
import { plural } from '../display.ts';
import type { Output } from '../output.ts';
import { tableLines } from '../table.ts';
import type { DemoCommands } from './commands.ts';

export type TourParts = {
  readonly output: Output;
  readonly commands: DemoCommands;
  readonly company: Company;
  readonly office: Office;
  /** Places of the demo's own. */
  readonly path: (...names: string[]) => string;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
};

type Verified = { readonly what: string; readonly isVerified: boolean; readonly how: string };

const folder = 'documents';
const sources = [folder, 'acme', 'media', 'payroll'] as const;
const site = 'vault';

export class Tour {
  readonly #parts: TourParts;
  readonly #verified: Verified[] = [];
  #step = 0;

  constructor(parts: TourParts) {
    this.#parts = parts;
  }

  /** Whether all that came back is what was lost. */
  async run(): Promise<boolean> {
    const { output } = this.#parts;
    await this.#do('Register four kinds of sources', () => this.#register());
    await this.#do('Protect them', () => this.#protect());
    await this.#do('Copy everything to a second site, under another password', () => this.#copy());
    await this.#do('Damage the repository, and let it repair itself', () => this.#heal());
    await this.#do('Rehearse every restore, and learn how long it takes', () => this.#rehearse());
    await this.#do('Delete all documents, and bring them back', () => this.#bringDocumentsBack());
    await this.#do('Delete the organisation, and give it back', () => this.#bringOrganisationBack());
    await this.#do('Empty the bucket, and fill it again', () => this.#bringObjectsBack());
    await this.#do('Terminate the instance, and launch it again', () => this.#bringInstanceBack());
    const rows = this.#verified.map(({ what, isVerified, how }) => [
      isVerified ? 'verified' : 'NOT VERIFIED',
      what,
      how,
    ]);
    await output.lines([
      '',
      ...tableLines(
        ['', 'WHAT', 'HOW'].map((title) => ({ title })),
        rows,
      ),
    ]);
    return this.#verified.length > 0 && this.#verified.every(({ isVerified }) => isVerified);
  }

  async #do(title: string, body: () => Promise<readonly string[]>): Promise<void> {
    const { output, monotonicMs, signal } = this.#parts;
    signal.throwIfAborted();
    this.#step += 1;
    await output.lines(['', `${this.#step}. ${title}`]);
    const beganMs = monotonicMs();
    try {
      for (const line of await body()) await output.lines([`   ${line}`]);
      await output.lines([`   ${formatDuration(monotonicMs() - beganMs)}`]);
    } catch (error) {
      signal.throwIfAborted();
      const message = error instanceof Error ? error.message : String(error);
      await output.lines(message.split('\n').map((line) => `   ${line}`));
      this.#verify(title, false, 'It could not be done.');
    }
  }

  #verify(what: string, isVerified: boolean, how: string): void {
    this.#verified.push({ what, isVerified, how });
  }

  async #register(): Promise<readonly string[]> {
    const { commands, company, office } = this.#parts;
    const { keys, aws, github, instance } = company;
    const key = `access-key=${keys.accessKeyId}`;
    const set = (...properties: string[]) => properties.flatMap((property) => ['--set', property]);
    await commands.run(['init']);
    const account = set(key, 'region=eu-central-1', `endpoint=${aws.endpoint}`);
    const secret = ['--secret', 'secret-access-key=env:AWS_SECRET'];
    await commands.run(['aws', 'account', 'add', '--name', 'cloud', ...account, ...secret]);
    const add = (kind: string, name: string, ...properties: string[]) =>
      commands.run(['source', 'add', kind, '--name', name, ...set(...properties), ...secretOf(kind)]);
    await add('folder', folder, `path=${office.pathOf('documents')}`);
    await add('github', 'acme', 'owner=acme', `api=${github.api}`);
    await add('s3-bucket', 'media', 'bucket=acme-media', 'account=cloud');
    await add('ec2', 'payroll', `instance=${instance}`, 'account=cloud');
    return [];
  }

  async #protect(): Promise<readonly string[]> {
    const { commands, office } = this.#parts;
    const lines: string[] = [];
    for (const name of sources) lines.push(await this.#take(name));
    office.playDays(1);
    lines.push(`${await this.#take(folder)}, a day later`);
    // AWS takes its time; an engine that stays asks by itself.
    await commands.run(['aws', 'snapshots', 'payroll']);
    const found = z.array(snapshotSchema).parse(await commands.ask(['snapshots']));
    const isComplete = found.length === 5 && found.every(({ status }) => status === 'complete');
    this.#verify('Four kinds of sources are protected', isComplete, `${found.length} snapshots, each complete`);
    return lines;
  }

  async #take(name: string): Promise<string> {
    const result = protectResultSchema.parse(await this.#parts.commands.ask(['protect', name]));
    const { files, bytes, storedBytes, status } = result;
    const changed = `${formatCount(files.new + files.changed)} of ${formatCount(files.new + files.changed + files.unmodified)} files new`;
    return `${name}: ${status}, ${changed}, ${formatBytes(bytes)}, ${formatBytes(storedBytes)} stored`;
  }

  async #copy(): Promise<readonly string[]> {
    const { commands, path } = this.#parts;
    await commands.run(['site', 'add', site, path(site), '--secret', 'password=env:VAULT_PASSWORD']);
    await commands.run(['sync', 'run', '--to', site]);
    const listed = await commands.ask(['snapshots', '--repository', path(site)], { password: 'VAULT_PASSWORD' });
    const there = z.array(snapshotSchema).parse(listed);
    this.#verify('Everything is at a second site', there.length === 5, `${there.length} snapshots there`);
    return [];
  }

  async #heal(): Promise<readonly string[]> {
    const { commands, path } = this.#parts;
    const damaged = damage(path('repository', 'data'));
    const scrub = scrubResultSchema.parse(await commands.ask(['scrub', '--all'], { expected: 1 }));
    const repair = repairResultSchema.parse(await commands.ask(['repair']));
    const check = checkResultSchema.parse(await commands.ask(['check', '--read-data']));
    const isWhole = repair.files.length > 0 && repair.files.every(({ whole }) => whole) && check.errors.length === 0;
    this.#verify('Damage is found and repaired', isWhole && scrub.damaged.length > 0, 'every byte read again');
    const from = repair.fetched.map(({ from: place, blobs }) => `${plural(blobs, 'piece')} from ${place}`);
    return [
      `${formatCount(damaged)} files were damaged or deleted, ${formatCount(scrub.damaged.length)} found by reading`,
      `${formatCount(repair.files.length)} rebuilt: ${from.join(', ')}`,
    ];
  }

  /** All of each source, in isolation; nothing of it may be left. */
  async #rehearse(): Promise<readonly string[]> {
    const { commands, company, path } = this.#parts;
    const before = [...(await company.running()).keys()];
    const drills: Drill[] = [];
    for (const source of sources) {
      const drill = drillSchema.parse(await commands.ask(['drill', 'run', source, '--sample', 'whole']));
      drills.push(drill);
    }
    const left = drills.reduce((sum, drill) => sum + drill.left, 0) + entriesIn(path('home', 'drills'));
    const after = [...(await company.running()).keys()];
    const isProven = drills.every(({ state, rto }) => state === 'passed' && rto !== null);
    const isClean = left === 0 && after.join() === before.join();
    const wholeMs = drills.reduce((sum, { rto }) => sum + (rto?.ms ?? 0), 0);
    const back = `back in ${formatDuration(wholeMs)}, one after the other`;
    this.#verify(
      'Every restore is rehearsed, and leaves nothing',
      isProven && isClean,
      `4 drills in isolation: ${back}`,
    );
    return [
      ...drills.map(({ source, state, rto }) => `${source}: ${state}, ${rto === null ? 'unknown' : rtoWords(rto)}`),
      `If this burned down now, all of it would be ${back}.`,
    ];
  }

  async #bringDocumentsBack(): Promise<readonly string[]> {
    const { commands, office } = this.#parts;
    const documents = office.pathOf('documents');
    const before = filesIn(documents);
    for (const name of readdirSync(documents)) rmSync(join(documents, name), { recursive: true });
    const args = ['restore', 'latest', '--source', folder, '--in-place'];
    const result = restoreResultSchema.parse(await commands.ask(args));
    this.#compare('All documents are back', before, filesIn(documents), 'files');
    return [`${formatCount(result.files)} files, ${formatBytes(result.bytes)}, all read back and compared`];
  }

  async #bringOrganisationBack(): Promise<readonly string[]> {
    const { commands, company } = this.#parts;
    const before = company.refs();
    company.loseOrganisation();
    await commands.run([
      'git',
      'restore',
      'latest',
      '--source',
      'acme',
      '--all',
      '--to-github',
      'acme',
      '--github-api',
      company.github.api,
      '--secret',
      'token=env:GITHUB_GIVE_BACK',
    ]);
    this.#compare('The organisation is back', before, company.refs(), 'branches and tags');
    return [];
  }

  async #bringObjectsBack(): Promise<readonly string[]> {
    const { commands, company } = this.#parts;
    const before = await company.objects();
    await company.loseObjects();
    await commands.run([
      'restore',
      'latest',
      '--source',
      'media',
      '--to-bucket',
      's3://acme-media',
      '--account',
      'cloud',
    ]);
    this.#compare('All objects are back under their keys', before, await company.objects(), 'objects');
    return [];
  }

  async #bringInstanceBack(): Promise<readonly string[]> {
    const { commands, company } = this.#parts;
    const before = [...(await company.running()).values()];
    await company.loseInstance();
    const lost = (await company.running()).size === 0;
    const args = ['aws', 'restore', 'launch', '--point', 'latest', '--source', 'payroll', '--account', 'cloud'];
    await commands.run([...args, '--dry-run']);
    await commands.run(args);
    const after = await company.running();
    const isBack = lost && before.length === 1 && [...after.values()].join() === before.join();
    this.#verify('The instance runs again', isBack && !after.has(company.instance), [...after.values()].join());
    return [...after].map(([id, what]) => `${id}: ${what}`);
  }

  #compare(what: string, before: Standing, after: Standing, noun: string): void {
    const isSame =
      before.size > 0 && before.size === after.size && [...before].every(([name, is]) => after.get(name) === is);
    this.#verify(what, isSame, `${formatCount(after.size)} of ${formatCount(before.size)} ${noun} compared by hash`);
  }
}

function secretOf(kind: string): string[] {
  return kind === 'github' ? ['--secret', 'token=env:GITHUB_TOKEN'] : [];
}

/** One file in three: bytes are turned, the end is cut off, or it is gone. How many. */
function damage(data: string): number {
  const packs = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(data, name))
    .filter((path) => statSync(path).isFile())
    .toSorted()
    .filter((_, at) => at % 3 === 0);
  for (const [at, path] of packs.entries()) {
    const bytes = readFileSync(path);
    rmSync(path);
    if (at % 3 === 0) continue;
    bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 16);
    writeFileSync(path, at % 3 === 1 ? bytes : bytes.subarray(0, Math.floor(bytes.length / 3)), { mode: 0o400 });
  }
  return packs.length;
}

function entriesIn(place: string): number {
  return existsSync(place) ? readdirSync(place).length : 0;
}

function filesIn(root: string): Standing {
  if (!existsSync(root)) return new Map();
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(root, name)).isFile(),
  );
  return new Map(
    paths.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(root, name)))
        .digest('hex'),
    ]),
  );
}

/** An engine in this process with a source `papers` whose hooks write down what they are told. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveEngine, type ContractClient, type ServedEngine } from '../../electron/engine/engine.ts';
import type { ProtectInput, ProtectResult } from '../../shared/contract/protection.ts';
import type { ProtectionRun } from '../../shared/contract/schedule.ts';
import type { Snapshot } from '../../shared/contract/snapshots.ts';
import type { SourceDefinition } from '../../shared/contract/sources.ts';
import { noHooks, type Hook, type Hooks } from '../../shared/model/hooks.ts';
import { createQuickly, quickSecrets } from './quick-keys.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

export const program = (...argv: string[]): Hook => ({ kind: 'command', argv, timeoutMs: 60_000 });
export const line = (script: string, timeoutMs = 60_000): Hook => ({ kind: 'shell', script, timeoutMs });
export const webhook = (url: string): Hook => ({ kind: 'webhook', url, timeoutMs: 5_000 });

export class HookedSource implements AsyncDisposable {
  readonly workspace: Workspace;
  readonly folder: string;
  engine!: ServedEngine;
  /** Null: as the machine's. */
  nowMs: number | null = null;
  id = '';

  static async make(nowMs: number | null = null): Promise<HookedSource> {
    const workspace = await makeWorkspace({ inMemory: true });
    const place = new HookedSource(workspace, await workspace.folder('papers'));
    place.nowMs = nowMs;
    writeFileSync(join(place.folder, 'letter'), 'Dear all');
    await place.start();
    const made = await createQuickly(place.client, workspace, { remember: true });
    place.id = made.repository.id;
    await place.client.sources.add({ repository: { id: place.id }, source: place.definition({}) });
    return place;
  }

  private constructor(workspace: Workspace, folder: string) {
    this.workspace = workspace;
    this.folder = folder;
  }

  async start(name = 'holdfast'): Promise<void> {
    const home = join(this.workspace.home, name);
    this.engine = await serveEngine({
      home,
      caller: { tenant: 'default', actor: 'test' },
      version: '0',
      onNotice: () => undefined,
      secrets: quickSecrets(home),
      takenAtMs: () => this.nowMs ?? Date.now(),
    });
  }

  get client(): ContractClient {
    return this.engine.client;
  }

  /** Where hooks write what they have to say. */
  get notes(): string {
    return this.workspace.path('notes');
  }

  /** A line of shell that adds to the notes. */
  note(words: string): string {
    return `echo "${words}" >> '${this.notes}'`;
  }

  noted(): string[] {
    return existsSync(this.notes) ? readFileSync(this.notes, 'utf8').trim().split('\n') : [];
  }

  definition(hooks: Partial<Hooks>): SourceDefinition {
    return {
      kind: 'folder',
      name: 'papers',
      paths: [this.folder],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      commands: { ...noHooks, ...hooks },
      tags: [],
      rpoMs: null,
    };
  }

  async hook(hooks: Partial<Hooks>): Promise<void> {
    await this.client.sources.update({ repository: { id: this.id }, source: this.definition(hooks) });
  }

  /** Reading takes some seconds from now on. */
  async slow(mebibytes: number): Promise<void> {
    writeFileSync(join(this.folder, 'large'), randomBytes(mebibytes * 1024 * 1024));
    await this.client.settings.set({ repository: { id: this.id }, key: 'impact.limits', value: 'always read 1MiB/s' });
  }

  async begin(input: Partial<ProtectInput> = {}) {
    return this.client.protection.protect({ repository: { id: this.id }, paths: [], registered: 'papers', ...input });
  }

  async protect(input: Partial<ProtectInput> = {}): Promise<ProtectResult & { readonly notices: readonly string[] }> {
    const notices: string[] = [];
    for await (const event of await this.begin(input)) {
      if (event.type === 'notice') notices.push(event.text);
      if (event.type === 'done') return { ...event.result, notices };
    }
    throw new Error('it has no end');
  }

  async newestRun(): Promise<ProtectionRun | undefined> {
    return (await this.client.schedule.runs({})).runs[0];
  }

  async snapshots(): Promise<readonly Snapshot[]> {
    return (await this.client.snapshots.list({ repository: { id: this.id } })).snapshots;
  }

  async pathsIn(snapshot: string): Promise<string[]> {
    const repository = { id: this.id };
    const paths: string[] = [];
    for await (const event of await this.client.snapshots.ls({ repository, snapshot, recursive: true }))
      if (event.type === 'entries') paths.push(...event.entries.map(({ path }) => path));
    return paths;
  }

  /** The log of the newest job of a kind. */
  async logOf(kind: string): Promise<string> {
    const { jobs } = await this.client.jobs.list({ all: true });
    const job = jobs.find((one) => one.kind === kind);
    if (job === undefined) return '';
    const { lines } = await this.client.jobs.log({ job: job.id });
    return lines.map(({ message }) => message).join('\n');
  }

  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await sleep(10);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    await this.workspace[Symbol.asyncDispose]();
  }
}

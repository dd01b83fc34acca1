/** An engine that stays, a source, and a standby of it; on a clock that the test moves. */
import { join } from 'node:path';
import { vi } from 'vitest';
import { serveEngine, type ContractClient, type ServedEngine } from '../../electron/engine/engine.ts';
import type { Standby, StandbyRunResult, StandbySettings } from '../../shared/contract/standby.ts';
import { createQuickly, quickSecrets } from './quick-keys.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';

const caller = { tenant: 'default', actor: 'test' };
const folderOptions = { excludes: [], excludeCaches: false, excludeLargerThanBytes: null, oneFileSystem: false };

export class StandbyScene implements AsyncDisposable {
  readonly workspace: Workspace;
  readonly source: string;
  readonly target: string;
  readonly patience = { timeout: 60_000, interval: 50 };
  nowMs = Date.parse('2026-11-25T12:00:00Z');
  engine!: ServedEngine;
  repository = { id: '' };

  /** The source is a folder `papers`, empty and registered. */
  static async open(): Promise<StandbyScene> {
    const workspace = await makeWorkspace({ inMemory: true });
    const scene = new StandbyScene(workspace, await workspace.folder('papers'));
    await scene.start();
    const { repository } = await createQuickly(scene.client, workspace, { remember: true });
    scene.repository = { id: repository.id };
    const source = { kind: 'folder' as const, name: 'papers', paths: [scene.source], ...folderOptions };
    const commands = { before: null, after: null };
    await scene.client.sources.add({ repository: scene.repository, source: { ...source, commands } });
    return scene;
  }

  private constructor(workspace: Workspace, source: string) {
    this.workspace = workspace;
    this.source = source;
    this.target = workspace.path('standby');
  }

  get client(): ContractClient {
    return this.engine.client;
  }

  get home(): string {
    return join(this.workspace.home, 'holdfast');
  }

  async start(): Promise<void> {
    this.engine = await serveEngine({
      home: this.home,
      caller,
      version: '0',
      onNotice: () => undefined,
      secrets: quickSecrets(this.home),
      takenAtMs: () => this.nowMs,
    });
  }

  async add(settings: Partial<StandbySettings> = {}, path = this.target): Promise<void> {
    const target = { kind: 'folder' as const, path };
    await this.client.standby.add({ repository: this.repository, name: 'warm', source: 'papers', target, settings });
  }

  /** A minute later than the one before. */
  async protect(): Promise<void> {
    this.nowMs += 60_000;
    for await (const _ of await this.client.protection.protect({ repository: this.repository, registered: 'papers' }));
  }

  async show(): Promise<Standby> {
    const { standbys } = await this.client.standby.list({});
    const [standby] = standbys;
    if (standby === undefined) throw new Error('there is no standby');
    return standby;
  }

  async until(isSo: (standby: Standby) => boolean): Promise<Standby> {
    return vi.waitFor(async () => {
      const standby = await this.show();
      if (isSo(standby)) return standby;
      throw new Error(`it is ${standby.state}: ${standby.reason ?? ''}`);
    }, this.patience);
  }

  untilCurrent(): Promise<Standby> {
    return this.until(({ state, shown, newest }) => state === 'current' && shown?.snapshot === newest?.snapshot);
  }

  async run(): Promise<StandbyRunResult> {
    for await (const event of await this.client.standby.run({ name: 'warm' }))
      if (event.type === 'done') return event.result;
    throw new Error('it ended without a result');
  }

  async alerts() {
    return (await this.client.alerts.list({})).alerts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    await this.workspace[Symbol.asyncDispose]();
  }
}

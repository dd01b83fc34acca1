/** An engine whose clock a test sets, with a repository and a source that runs by a profile. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  serveEngine,
  type AlertMessage,
  type ContractClient,
  type ServedEngine,
} from '../../electron/engine/engine.ts';
import type { ProtectionRun } from '../../shared/contract/schedule.ts';
import { presets } from '../../shared/model/profile-presets.ts';
import { createQuickly, quickSecrets } from './quick-keys.ts';
import { makeWorkspace, type Workspace } from './workspace.ts';
import { noHooks } from '../../shared/model/hooks.ts';

const caller = { tenant: 'default', actor: 'test' };

export type OfficeOptions = {
  /** For browsers; the page has to be built. */
  readonly withConsole?: boolean;
  readonly keepsSecrets?: boolean;
  /** As the engine of a desktop has it. */
  readonly notify?: (message: AlertMessage) => void;
};

/** An engine with clocks of its own, a repository, and a source `papers`. */
export class Office implements AsyncDisposable {
  readonly workspace: Workspace;
  readonly #options: OfficeOptions;
  /** Wednesday; the clocks of tests are of UTC. */
  nowMs = Date.parse('2026-11-25T12:10:00Z');
  /** What its computer makes it wait for, and whether it is on battery. */
  waitsFor: string | null = null;
  onBattery = false;
  engine!: ServedEngine;

  constructor(workspace: Workspace, options: OfficeOptions = {}) {
    this.workspace = workspace;
    this.#options = options;
  }

  async start(): Promise<void> {
    const home = join(this.workspace.home, 'holdfast');
    this.engine = await serveEngine({
      home,
      caller,
      version: '0',
      onNotice: () => undefined,
      ...(this.#options.keepsSecrets !== false && { secrets: quickSecrets(home) }),
      ...(this.#options.notify !== undefined && { notify: this.#options.notify }),
      ...(this.#options.withConsole === true && { http: { host: '127.0.0.1', port: 0, tls: null } }),
      takenAtMs: () => this.nowMs,
      conditions: { waitsFor: () => this.waitsFor, onBattery: () => this.onBattery },
    });
  }

  get client(): ContractClient {
    return this.engine.client;
  }

  async setUp(): Promise<void> {
    const folder = await this.workspace.folder('papers');
    writeFileSync(join(folder, 'letter'), 'Dear all');
    await this.start();
    const remember = this.#options.keepsSecrets !== false;
    const {
      repository: { id },
    } = await createQuickly(this.client, this.workspace, { remember });
    const options = { excludes: [], excludeCaches: false, excludeLargerThanBytes: null, oneFileSystem: false };
    const source = {
      kind: 'folder' as const,
      name: 'papers',
      paths: [folder],
      ...options,
      commands: noHooks,
      tags: [],
      rpoMs: null,
    };
    await this.client.sources.add({ repository: { id }, source });
    const profile = {
      ...presets.standard,
      zone: 'UTC',
      periods: [
        { id: 'hourly', name: 'Hourly', rule: { kind: 'hourly' as const, minute: 0 }, ...kept },
        { id: 'daily', name: 'Daily', rule: { kind: 'daily' as const, hour: 18, minute: 0 }, ...kept },
      ],
    };
    const added = await this.client.profiles.add({ repository: { id }, profile });
    await this.client.profiles.assign({
      repository: { id },
      scope: 'source',
      subject: 'papers',
      profile: added.profile.id,
    });
  }

  /** Puts the clock to a time of the day, as after a sleep. */
  async wakeAt(time: string): Promise<void> {
    this.nowMs = Date.parse(time.includes('T') ? time : `2026-11-25T${time}:00Z`);
    this.engine.resumed();
    await this.settled();
  }

  /** Until nothing runs or waits any more. */
  async settled(): Promise<void> {
    for (;;) {
      // Asking for the plan looks at what is due.
      const { sources } = await this.client.schedule.plan({});
      const { jobs } = await this.client.jobs.list({});
      const isOver = jobs.every(({ state }) => !['queued', 'running', 'cancelling'].includes(state));
      const waits = sources.some(({ due, waitsFor }) => due.length > 0 && waitsFor === null);
      if (isOver && !waits) return;
      await sleep(10);
    }
  }

  /** Oldest first. */
  async runs(): Promise<readonly ProtectionRun[]> {
    return (await this.client.schedule.runs({})).runs.toReversed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.close();
    await this.workspace[Symbol.asyncDispose]();
  }
}

const kept = {
  keep: { count: 7, unit: 'days' as const },
  minimum: 1,
  missed: 'catchUp' as const,
  quiesce: false,
  locked: false,
};

export async function makeOffice(options: OfficeOptions = {}): Promise<Office> {
  const made = new Office(await makeWorkspace({ inMemory: true }), options);
  await made.setUp();
  return made;
}

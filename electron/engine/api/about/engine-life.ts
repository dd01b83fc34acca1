/** What an engine knows of itself, and what it keeps for whoever has to find out what went wrong. */
import type { About } from '../../../../shared/contract/engine.ts';
import { crashFolder, watchForCrashes, type CrashWatch } from '../../platform/crash-report.ts';
import { logFolder, openLog, type Log } from '../../platform/log.ts';
import { runSelfTest } from './self-test.ts';

export type EngineLifeOptions = {
  readonly home: string;
  readonly version: string;
  /** Whether it stays, or ends with its command. */
  readonly stays: boolean;
  readonly onNotice: (text: string) => void;
};

export class EngineLife {
  readonly startedAt = new Date().toISOString();
  readonly log: Log;
  readonly #options: EngineLifeOptions;
  #watch: CrashWatch | null = null;

  constructor(options: EngineLifeOptions) {
    this.#options = options;
    this.log = openLog({ folder: logFolder(options.home), level: options.stays ? 'info' : 'warn' });
  }

  get version(): string {
    return this.#options.version;
  }

  /** Of an engine that stays: it looks at its machine, and leaves a report when it goes down. */
  begin(): void {
    const { home, version, stays } = this.#options;
    if (!stays) return;
    this.log.info('The engine has started.', { version, node: process.versions.node, platform: process.platform });
    this.#watch = watchForCrashes(crashFolder(home), { version, startedAt: this.startedAt }, (file) => {
      const where = file === null ? 'no report could be written' : `a report lies at ${file}`;
      this.log.error('The engine has a fault and ends.', { report: file });
      process.stderr.write(`Error INTERNAL: The engine has a fault and ends; ${where}.\n`, () => process.exit(1));
    });
    void this.#lookAtTheMachine();
  }

  end(): void {
    this.#watch?.stop();
    this.#watch = null;
    if (this.#options.stays) this.log.info('The engine has ended in order.');
    this.log.close();
  }

  async about(): Promise<About> {
    const { home, version } = this.#options;
    return {
      version,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      home,
      startedAt: this.startedAt,
      selfTest: await runSelfTest(),
      logFolder: logFolder(home),
    };
  }

  async #lookAtTheMachine(): Promise<void> {
    try {
      for (const { ok, title, detail, meaning } of await runSelfTest()) {
        if (ok) continue;
        this.log.error('The machine lacks something.', { title, detail, meaning });
        this.#options.onNotice(`${title}: ${detail}. ${meaning ?? ''}`);
      }
    } catch (error) {
      this.log.error('The self-test could not be run.', { error });
    }
  }
}

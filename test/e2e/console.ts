/** The console in a real browser, on a real engine in a process of its own, for the length of a test. */
import { type Browser, type BrowserContext, type Page } from '@playwright/test';
import { launchBrowser } from '../support/browser.ts';
import { describeFailure, type Finished, type Running } from '../support/processes.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';
import { patienceMs } from './expect.ts';

export type Console = AsyncDisposable & {
  readonly workspace: Workspace;
  /** Where the page comes from; the same again after a restart. */
  readonly origin: () => string;
  /** A signed-in page of a browser of its own. */
  newPage(options?: { readonly dark?: boolean; readonly width?: number; readonly height?: number }): Promise<Page>;
  /** Ends the engine, in order or at once; open pages stay. */
  stop(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
  /** Ends the engine in order, or at once, and starts it again. */
  restart(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
};

let browser: Promise<Browser> | null = null;
/** An engine lives as long as the tests of a file. */
const longestMs = 20 * 60_000;

type ConsoleOptions = {
  readonly env?: Record<string, string | undefined>;
  /** Fills the workspace before the engine starts, which then works with the workspace's repository. */
  readonly prepare?: (workspace: Workspace) => Promise<void>;
  /** Further words for `serve`, when it is first started. */
  readonly args?: readonly string[];
};

export async function openConsole(options: ConsoleOptions = {}): Promise<Console> {
  await sharedBrowser();
  const workspace = await makeWorkspace({ inMemory: true });
  await options.prepare?.(workspace);
  // A console that knows no repository, unless one was prepared: what it works with is connected in it.
  const unknown = options.prepare === undefined ? { HOLDFAST_REPOSITORY: undefined, HOLDFAST_PASSWORD: undefined } : {};
  const env = { ...unknown, ...options.env };
  let engine = await startEngine(workspace, env, options.args ?? []);
  const contexts: BrowserContext[] = [];
  const stop = async (signal: NodeJS.Signals): Promise<Finished> => {
    engine.running.signal(signal);
    return engine.running.finished;
  };
  const start = async (): Promise<void> => {
    engine = await startEngine(workspace, env, ['--port', new URL(engine.link).port]);
  };
  return {
    workspace,
    origin: () => new URL(engine.link).origin,
    newPage: async ({ dark = false, width = 1280, height = 800 } = {}) => {
      const context = await (
        await sharedBrowser()
      ).newContext({
        colorScheme: dark ? 'dark' : 'light',
        viewport: { width, height },
        timezoneId: 'UTC',
        locale: 'en-GB',
        reducedMotion: 'reduce',
      });
      contexts.push(context);
      context.setDefaultTimeout(patienceMs);
      const page = await context.newPage();
      const link = contexts.length === 1 ? engine.link : await newLink(workspace, env);
      await page.goto(link);
      await page.locator('[role=status] [data-state=live]').waitFor();
      return page;
    },
    stop: async (how = 'SIGTERM') => void (await stop(how)),
    start,
    restart: async (how = 'SIGTERM') => {
      await stop(how);
      await start();
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(contexts.map((context) => context.close()));
      await stop('SIGTERM');
      await workspace[Symbol.asyncDispose]();
    },
  };
}

/** One for all files of tests: to start it takes as long as a short test. */
export function sharedBrowser(): Promise<Browser> {
  browser ??= launchBrowser().then((launched) => {
    // One that has crashed is another one for the next test.
    launched.once('disconnected', () => (browser = null));
    return launched;
  });
  return browser;
}

/** For the end of a file: what it has left open is closed. The browser stays for the next file, and ends with this process. */
export async function closeBrowser(): Promise<void> {
  const contexts = (await browser)?.contexts() ?? [];
  await Promise.all(contexts.map((context) => context.close()));
}

type Engine = { readonly running: Running; readonly link: string };

async function startEngine(
  workspace: Workspace,
  env: Record<string, string | undefined>,
  args: readonly string[],
): Promise<Engine> {
  const running = workspace.startHoldfast(['serve', ...args], { env, timeoutMs: longestMs });
  const link = await new Promise<string>((resolve, reject) => {
    let text = '';
    running.child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const first = /^(http\S+)\n/.exec(text)?.[1];
      if (first !== undefined) resolve(first);
    });
    void running.finished.then((finished) => reject(new Error(describeFailure(finished))), reject);
  });
  return { running, link };
}

async function newLink(workspace: Workspace, env: Record<string, string | undefined>): Promise<string> {
  const { stdout } = await workspace.here(['console-link'], { env });
  return stdout.trim().split('\n')[0] ?? '';
}

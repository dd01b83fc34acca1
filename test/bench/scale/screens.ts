/** From one screen of an open console to another: until the new one stands, with nothing of it still to come. */
import type { Page } from '@playwright/test';
import { pageNow, whenShown } from '../console/probe.ts';

/** Names and addresses, below `#`. */
export function screensOf(source: string, repository: string): readonly (readonly [string, string])[] {
  return [
    ['Sources', '/sources'],
    ['A source', `/sources/${source}`],
    ['A new source', '/sources/new'],
    ['Snapshots', `/snapshots?repository=${repository}&source=${source}`],
    ['Snapshots of 10 million files', '/snapshots?source=large'],
    ['System snapshots', '/snapshots/systems'],
    ['Profiles', '/profiles'],
    ['A new profile', '/profiles/new'],
    ['Recovery', '/recovery'],
    ['Guided restore', '/recovery/restore'],
    ['Drills', '/recovery/drills'],
    ['Guided restore of a source', `/recovery/restore?repository=${repository}&source=${source}`],
    ['Guided drill', '/recovery/drills/guided'],
    ['Plans', '/recovery/plans'],
    ['A new plan', '/recovery/new-plan'],
    ['Evidence', '/recovery/evidence'],
    ['Audit', '/recovery/audit'],
    ['Compliance', '/recovery/compliance'],
    ['Sites', '/sites'],
    ['Tenants', '/settings?section=tenants'],
    ['Standby', '/standby'],
    ['Notifications', '/settings?section=notifications'],
    ['Activity', '/activity'],
    ['Trends', '/activity/trends'],
    ['Alerts', '/alerts'],
    ['API tokens', '/settings/api'],
    ['Reports', '/reports'],
    ['Report subscriptions', '/reports/subscriptions'],
    ['Repositories', '/settings?section=repositories'],
    // The console opens with it, so it comes last.
    ['Overview', '/'],
  ];
}

export type ProcessorTime = { readonly engineMs: number; readonly pageMs: number };
/** By the clock, and what of it the engine and the page worked: at once, so that both may be more than the clock says. */
export type ScreenTimes = {
  readonly screen: string;
  /** When its code is loaded too, and nothing of what it shows is known to the page. */
  readonly firstMs: number;
  readonly ms: readonly number[];
  readonly engineCpuMs: readonly number[];
  readonly pageCpuMs: readonly number[];
};

/** Each screen once, when its code is loaded; then in rounds. */
export async function measureScreens(
  page: Page,
  processorTime: () => Promise<ProcessorTime>,
  screens: readonly (readonly [string, string])[],
  rounds: number,
): Promise<ScreenTimes[]> {
  const times = screens.map(([screen, address]) => {
    return { screen, address, firstMs: 0, ms: [] as number[], engineCpuMs: [] as number[], pageCpuMs: [] as number[] };
  });
  for (let round = 0; round <= rounds; round++) {
    for (const row of times) {
      // What the last screen still asks for is not this one's work.
      await page.waitForTimeout(300);
      const before = await processorTime();
      const took = await openScreen(page, row.address);
      const after = await processorTime();
      if (round === 0) {
        row.firstMs = took;
        continue;
      }
      row.ms.push(took);
      row.engineCpuMs.push(after.engineMs - before.engineMs);
      row.pageCpuMs.push(after.pageMs - before.pageMs);
    }
  }
  return times;
}

async function openScreen(page: Page, address: string): Promise<number> {
  await page.evaluate(`document.querySelectorAll('main h1').forEach((title) => title.dataset.old = '')`);
  const start = await pageNow(page);
  await page.evaluate(`location.hash = ${JSON.stringify(`#${address}`)}`);
  const shown = await whenShown(
    page,
    'body:not(:has(main [class*="skeleton"], main [aria-busy="true"])) main h1:not([data-old])',
  );
  return shown - start;
}

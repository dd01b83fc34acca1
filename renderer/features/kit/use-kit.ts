/** The kit that is looked at: a file that somebody chose here, or opened with the desktop program. */
import { useEffect } from 'react';
import type { ReadKit } from '../../../shared/contract/recovery-kit.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { desktopHost, type KitFile } from '../../client/host.ts';
import type { Problem } from '../../client/problem.ts';

export type KitView = {
  /** What was read, and the name of its file; null before. */
  readonly read: { readonly name: string; readonly kit: ReadKit } | null;
  readonly isReading: boolean;
  readonly problem: Problem | null;
  readonly open: (file: KitFile) => void;
};

export function useKit(): KitView {
  const order = useOrder(async (client, { name, text }: KitFile) => ({
    name,
    // What the shell did not read is no kit, and the engine says so.
    kit: await client.recoveryKit.read({ text: text ?? '' }),
  }));
  const { mutate } = order;
  useEffect(() => {
    const host = desktopHost();
    if (host === null) return undefined;
    const take = async (): Promise<void> => {
      const file = await host.openedKit().catch(() => null);
      if (file !== null) mutate(file);
    };
    void take();
    // Another file was opened while this screen is shown.
    return host.onGoTo((place) => {
      if (place === '/kit') void take();
    });
  }, [mutate]);
  return { read: order.data ?? null, isReading: order.isPending, problem: problemIn(order), open: mutate };
}

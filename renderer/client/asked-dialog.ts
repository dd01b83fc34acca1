/** Dialogs that several areas open; the frame of the console shows them. */
import { create } from 'zustand';

export type AskedDialog =
  /** `sources`: names to begin with; null: all that are registered. */
  { readonly kind: 'takeSystem'; readonly sources: readonly string[] | null } | { readonly kind: 'restoreBefore' };

export const askedDialog = create<{ readonly asked: AskedDialog | null }>(() => ({ asked: null }));

export function askDialog(asked: AskedDialog): void {
  askedDialog.setState({ asked });
}

export function closeAskedDialog(): void {
  askedDialog.setState({ asked: null });
}

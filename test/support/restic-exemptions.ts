/** What restic itself does not store or restore, by version: nothing else is exempt from being the same. */
import type { DiffOptions } from './describe-tree.ts';
import { peerIsAtLeast } from './peers.ts';

/** Raw link texts (before, bytes that are not UTF-8 were replaced), since 0.16. */
export const resticKeepsRawLinks = peerIsAtLeast('restic', '0.16.0');

/** `restic restore --sparse`, since 0.15. */
const resticKeepsHoles = peerIsAtLeast('restic', '0.15.0');

export const resticRestoreArgs: readonly string[] = resticKeepsHoles ? ['--sparse'] : [];

/** A tree that restic restored, against the source: restic leaves sockets out. */
export const afterResticRestore: DiffOptions = {
  ignore: resticKeepsHoles ? [] : ['allocated'],
  skip: (_, { type }) => type === 'socket',
  ignoreIn: rawLinkFields,
};

/** A tree that Holdfast restored from what restic stored, against the source: sockets and holes were not stored. */
export const afterResticBackup: DiffOptions = {
  ignore: ['allocated'],
  skip: (_, { type }) => type === 'socket',
  ignoreIn: rawLinkFields,
};

function rawLinkFields(path: string): readonly 'target'[] {
  return path === 'links/not utf-8' && !resticKeepsRawLinks ? ['target'] : [];
}

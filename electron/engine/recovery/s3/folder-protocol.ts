/** What the thread that writes objects into a folder is told, and what it says. */
import type { Issue } from '../../../../shared/contract/common.ts';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { GiveSetup } from './give-protocol.ts';
import type { FolderOptions, GivenToFolder } from './keys-to-folder.ts';

export type FolderSetup = Pick<GiveSetup, 'repository'> & { readonly options: FolderOptions };

export type FolderMessage =
  | {
      readonly type: 'progress';
      readonly doneItems: number;
      readonly doneBytes: number;
      readonly currentItem: string | null;
    }
  | { readonly type: 'issue'; readonly issue: Issue }
  | { readonly type: 'given'; readonly given: GivenToFolder }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

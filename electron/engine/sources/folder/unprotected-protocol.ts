/** What the thread that looks for unprotected folders is given, and what it says. */
import type { PlaceKind, PlaceRule } from '../../../../shared/model/unprotected-places.ts';

export type LookForPlaces = {
  readonly platform: string;
  readonly rules: readonly PlaceRule[];
  /** Absolute paths of folder sources. */
  readonly protectedPaths: readonly string[];
  /** Never looked into: the home of this console, repositories. */
  readonly leftOut: readonly string[];
};

export type FoundPlace = {
  readonly kind: PlaceKind;
  readonly path: string;
  readonly title: string;
  readonly hint: string | null;
  /** What was counted of it; null: nothing was. */
  readonly files: number | null;
  readonly bytes: number | null;
  /** There is more than was counted. */
  readonly more: boolean;
  /** Folders in it that sources have. */
  readonly inside: readonly string[];
};

export type PlacesMessage =
  | { readonly type: 'place'; readonly place: FoundPlace }
  /** In a sentence. */
  | { readonly type: 'not looked'; readonly why: string }
  | { readonly type: 'end' };

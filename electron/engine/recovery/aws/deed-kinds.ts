/** How each step of a restore in AWS is carried out: looked for, tried out, called once, waited for, and taken back. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Ec2Call } from './calls.ts';
import type { Deed, DeedKind, DeedName, DeedOf, Known, Notes, UndoItem, Undoing } from './deeds.ts';
import type { Hands } from './hands.ts';
import { copySnapshot, register } from './image-deeds.ts';
import { launch, replaceRoot, start, stop, unchecked } from './instance-deeds.ts';
import { attachInterface, closeGroup, detachInterface, giveAddress, makeGroup } from './network-deeds.ts';
import { attach, detach, makeVolume, tag } from './volume-deeds.ts';

const kinds: { readonly [Name in DeedName]: DeedKind<DeedOf<Name>> } = {
  'copy-snapshot': copySnapshot,
  'make-volume': makeVolume,
  tag,
  stop,
  start,
  detach,
  attach,
  'replace-root': replaceRoot,
  register,
  'make-group': makeGroup,
  'close-group': closeGroup,
  launch,
  unchecked,
  'give-address': giveAddress,
  'detach-interface': detachInterface,
  'attach-interface': attachInterface,
};

function kindOf<Which extends Deed>(deed: Which): DeedKind<Which> {
  const kind = Object.hasOwn(kinds, deed.do) ? kinds[deed.do] : undefined;
  if (kind === undefined)
    throw new HoldfastError('INTERNAL', `The run has a step ${deed.do} that this version does not know.`);
  return kind as unknown as DeedKind<Which>;
}

export function callOf(deed: Deed, known: Known, hands: Hands): Ec2Call {
  return kindOf(deed).call(deed, known, hands);
}

/**
 * Once, however often it is begun. `note` is durable before the call is made and once its answer is there; what was made
 * between the two is found again by its token, its tags, or by how things stand.
 */
export async function carryOut(
  deed: Deed,
  known: Known,
  hands: Hands,
  book: { readonly before: Notes; readonly note: (notes: Notes) => Promise<void> },
): Promise<{ readonly detail: string; readonly notes: Notes }> {
  const kind = kindOf(deed);
  let notes = book.before;
  if (notes['id'] === undefined) {
    notes = { ...notes, ...(await begin(deed, known, hands, book)) };
    await book.note(notes);
  }
  const { detail, notes: more = {} } = await kind.settle(deed, known, hands, notes);
  return { detail, notes: { ...notes, ...more } };
}

async function begin(
  deed: Deed,
  known: Known,
  hands: Hands,
  { before, note }: { readonly before: Notes; readonly note: (notes: Notes) => Promise<void> },
): Promise<Notes> {
  const kind = kindOf(deed);
  const mayBeUnseen = before['asked'] !== undefined && kind.once === 'name';
  const look = () => kind.look(deed, known, hands, before);
  const found = await (mayBeUnseen ? hands.patiently(look) : look());
  if (found !== null) return found;
  const call = kind.call(deed, known, hands);
  return kind.made(await hands.mutate(call, () => note({ ...before, asked: 'yes' })), deed);
}

/** Null where nothing is to be told of it. What was asked for and not answered is looked for first. */
export async function takeBack(deed: Deed, known: Known, hands: Hands, undoing: Undoing): Promise<UndoItem | null> {
  const kind = kindOf(deed);
  const notes = undoing.notes;
  if (notes['id'] !== undefined) return kind.undo(deed, known, hands, undoing);
  if (notes['asked'] === undefined) return null;
  const look = () => kind.look(deed, known, hands, notes);
  const found = await (kind.once === undefined ? look() : hands.patiently(look));
  return found === null ? null : kind.undo(deed, known, hands, { ...undoing, notes: { ...notes, ...found } });
}

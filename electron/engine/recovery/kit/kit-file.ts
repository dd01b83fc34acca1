/** The kit as a file: what a new console reads on the day when it has nothing else. */
import { z } from 'zod';
import { maximumKitLength, readKitSchema, type ReadKit } from '../../../../shared/contract/recovery-kit.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { kitCommands } from './kit-commands.ts';

/** What makes a JSON document a kit; a later form gets a later number. */
const form = 'holdfast-recovery-kit';
const version = 1;

const headSchema = z.looseObject({ form: z.literal(form), version: z.number().int().positive() });

export function kitFile(facts: ReadKit): string {
  return `${JSON.stringify({ form, version, ...facts }, null, 2)}\n`;
}

/** Throws KIT_UNREADABLE. What it returns is data of whoever made the file, but for the commands, which are ours. */
export function readKitFile(text: string): ReadKit {
  const head = headSchema.safeParse(text.length > maximumKitLength ? null : parse(text));
  if (!head.success) throw unreadable('The file is not a recovery kit of Holdfast.');
  if (head.data.version > version) throw unreadable('The recovery kit was made by a newer Holdfast.');
  const kit = readKitSchema.safeParse(head.data);
  if (!kit.success) {
    const [issue] = kit.error.issues;
    throw unreadable(`The recovery kit is damaged: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`);
  }
  return { ...kit.data, commands: kitCommands(kit.data.repository.location) };
}

function parse(text: string): unknown {
  try {
    // An editor may have put a mark of byte order before it.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}

function unreadable(message: string): HoldfastError {
  return new HoldfastError('KIT_UNREADABLE', message);
}

/** Who did something, in words: the engine tells it as `token:ci`. What it told stays in reach. */
import { visibleText } from './visible-text.ts';

export function Actor({ actor }: { readonly actor: string }) {
  return <bdi title={visibleText(actor)}>{actorWords(actor)}</bdi>;
}

/** People and accounts by their name alone, whichever door they came by; tokens and the engine's own doing as what they are. */
export function actorWords(actor: string): string {
  const [, operator] = /^operator (.+)$/su.exec(actor) ?? [];
  if (operator !== undefined) return `${actorWords(operator)}, operator of this home`;
  const [, door = '', name = ''] = /^(cli|desktop|browser|user|token):(.+)$/su.exec(actor) ?? [];
  if (door === 'token') return `API token ${visibleText(name)}`;
  if (door !== '') return visibleText(name);
  return own[actor] ?? visibleText(actor);
}

const own: Readonly<Record<string, string>> = {
  schedule: 'the schedule',
  engine: 'the engine',
  http: 'the engine',
  'automatic failover': 'automatic failover',
};

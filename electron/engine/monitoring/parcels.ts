/** What goes out by a route in one piece, and how: people get several alerts in one message, programs one at a time. */
import { createHash } from 'node:crypto';
import type { RouteDefinition, RouteSecrets } from '../../../shared/contract/routes.ts';
import type { AlertRow } from '../catalog/alerts.ts';
import type { DeliveryRow } from '../catalog/deliveries.ts';
import { messageOf, testMessage, type ConsoleFacts, type Message, type Told } from './messages.ts';
import { arrived, type Outcome } from './senders/http.ts';
import { sendMail } from './senders/mail.ts';
import { jsonBody, ping, sendJson, sendMessage } from './senders/webhook.ts';

export type Parcel = {
  /** The messages that it settles. */
  readonly rows: readonly DeliveryRow[];
  readonly send: () => Promise<Outcome>;
};

export type Way = {
  readonly definition: RouteDefinition;
  readonly secrets: RouteSecrets;
  readonly console: ConsoleFacts;
  readonly notifyDesktop: ((message: Message) => void) | null;
  readonly signal: AbortSignal;
};

/** In the order in which they go; `alerts` by their ids. */
export function parcelsOf(way: Way, rows: readonly DeliveryRow[], alerts: ReadonlyMap<string, AlertRow>): Parcel[] {
  const told = rows.flatMap((row) => {
    const alert = row.alert === null ? undefined : alerts.get(row.alert);
    return alert === undefined
      ? []
      : [{ row, told: { delivery: row.delivery, kind: row.kind as Told['kind'], alert } }];
  });
  const others = rows.filter((row) => !told.some((one) => one.row === row));
  const groups = isForPrograms(way.definition) ? told.map((one) => [one]) : told.length === 0 ? [] : [told];
  return [
    ...others.map((row) => single(way, row)),
    ...groups.map((group): Parcel => ({
      rows: group.map(({ row }) => row),
      send: () =>
        tell(
          way,
          group.map((one) => one.told),
        ),
    })),
  ];
}

function isForPrograms({ target }: RouteDefinition): boolean {
  return target.kind === 'webhook' && target.format === 'json';
}

function single(way: Way, row: DeliveryRow): Parcel {
  const { definition, console } = way;
  if (row.kind === 'ping') return { rows: [row], send: () => ping(way, row.occasion.endsWith(' ok')) };
  if (row.kind !== 'test')
    return {
      rows: [row],
      send: () => Promise.resolve({ problem: 'The alert is not known any more.', mayPass: false, afterMs: null }),
    };
  const { target } = definition;
  if (target.kind === 'healthCheck') return { rows: [row], send: () => ping(way, true) };
  if (target.kind === 'webhook' && target.format === 'json') {
    const { hostname, tenant } = console;
    const body = { version: 1, kind: 'test', alert: null, console: { hostname, tenant } };
    return { rows: [row], send: () => sendJson({ ...way, target }, row.delivery, body) };
  }
  return { rows: [row], send: () => bring(way, row.delivery, testMessage(definition.name, console)) };
}

function tell(way: Way, told: readonly Told[]): Promise<Outcome> {
  const { target } = way.definition;
  const [first] = told;
  if (first !== undefined && target.kind === 'webhook' && target.format === 'json')
    return sendJson({ ...way, target }, first.delivery, jsonBody(first, way.console));
  return bring(way, idOf(told), messageOf(told, way.console));
}

function bring(way: Way, id: string, message: Message): Promise<Outcome> {
  const { target } = way.definition;
  if (target.kind === 'mail') return sendMail({ ...way, target, message, id });
  if (target.kind === 'webhook') return sendMessage({ ...way, target }, id, message);
  if (target.kind === 'desktop') way.notifyDesktop?.(message);
  return Promise.resolve(arrived);
}

/** The same for the same messages. */
function idOf(told: readonly Told[]): string {
  const [first] = told;
  if (told.length === 1 && first !== undefined) return first.delivery;
  const all = told.map(({ delivery }) => delivery).toSorted();
  return createHash('sha256').update(all.join(' ')).digest('hex').slice(0, 16);
}

/** What concerns telling somebody: alerts, routes, reports, subscriptions, other consoles that are watched. */
import { failed, misused, type ErrorEntry } from './entry.ts';

export const monitoringErrors = {
  ALERT_UNKNOWN: failed('There is no such open alert; nothing was changed.', 'See `holdfast alerts`.'),
  ALERT_AMBIGUOUS: misused('More than one alert begins so; nothing was changed.', 'Give more of the id.'),
  ALERT_STANDS: failed(
    'What it says is still so; it was left open.',
    'Acknowledge or snooze it if you see to it; it ends by itself.',
  ),
  ROUTE_UNKNOWN: failed('Alerts are not told by such a route; nothing was changed.', 'See `holdfast routes`.'),
  ROUTE_EXISTS: failed(
    'A route has that name already; nothing was changed.',
    'Change that one, or choose another name.',
  ),
  ROUTE_INVALID: misused('Nothing could be told that way; nothing was changed.', 'Change what is named.'),
  REPORT_INVALID: misused('No such report can be made; nothing was changed.', 'Change what is named.'),
  SUBSCRIPTION_UNKNOWN: failed(
    'There is no such subscription; nothing was changed.',
    'See `holdfast subscription list`.',
  ),
  SUBSCRIPTION_EXISTS: failed(
    'A subscription has that name already; nothing was changed.',
    'Change that one, or choose another name.',
  ),
  SUBSCRIPTION_INVALID: misused('Nothing could be sent that way; nothing was changed.', 'Change what is named.'),
  PEER_UNKNOWN: failed('No other console of that name is watched; nothing was changed.', 'See `holdfast peers`.'),
  PEER_EXISTS: failed(
    'Another console of that name is watched already; nothing was changed.',
    'Choose another name, or remove that one first.',
  ),
  PEER_INVALID: misused('No other console could be watched that way; nothing was changed.', 'Change what is named.'),
  PEER_UNREACHABLE: failed(
    'The other console does not answer: nobody can tell from here how it stands there. Its own work is not affected.',
    'Check whether `holdfast serve` runs there, its address, and the network between.',
  ),
  PEER_REFUSED: failed(
    'The other console answers, and does not let this one do that; nothing was changed there.',
    'Make a token there that may (`holdfast token create`), and add the console here again with it.',
  ),
  PEER_STRANGE: failed(
    'What answers at that address cannot be understood as another console; nothing was changed.',
    'Check the address. If a Holdfast of another version is there, bring both to the same one.',
  ),
  PEERS_DAMAGED: failed(
    'Holdfast cannot read which other consoles it watches; they and all snapshots are not affected.',
    'Bring the file back from a copy, or remove it and add them again.',
  ),
  ROUTES_DAMAGED: failed(
    'Holdfast cannot read by which routes alerts are told, so nobody is told of them; snapshots are not affected.',
    'Bring the file back from a copy, or remove it and enter the routes again.',
  ),
} as const satisfies Record<string, ErrorEntry>;

import { z } from 'zod';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { strange } from '../monitoring/peers/ask-peer.ts';
import { handlers, type CallContext } from './context.ts';

const repositoriesAnswer = z.object({
  repositories: z.array(z.object({ id: z.string().max(100), primary: z.boolean() })),
});
const jobEvent = z.object({ type: z.literal('job'), job: z.string().max(100) });
const linkAnswer = z.object({ url: z.url({ protocol: /^https?$/ }), expiresAt: z.iso.datetime() });

export const peersHandlers = {
  list: handlers.peers.list.handler(async ({ input: { ask }, context: { peers, caller } }) => {
    if (ask) await peers.askNow(caller);
    return { peers: [...(await peers.list(caller))] };
  }),
  show: handlers.peers.show.handler(({ input: { peer }, context: { peers, caller } }) => peers.show(caller, peer)),
  add: handlers.peers.add.handler(({ input, context: { peers, caller } }) => peers.add(caller, input)),
  remove: handlers.peers.remove.handler(async ({ input: { peer }, context: { peers, caller } }) => {
    await peers.remove(caller, peer);
    return {};
  }),
  /** Into its primary repository, as whoever sits there would. */
  protect: handlers.peers.protect.handler(async ({ input: { peer, source }, context }) => {
    const { repositories } = read(repositoriesAnswer, await tell(context, peer, 'GET', '/repositories'));
    const primary = repositories.find((one) => one.primary);
    if (primary === undefined) throw new HoldfastError('PEER_REFUSED', 'It is connected with no repository.');
    const body = { repository: { id: primary.id }, registered: source, detach: true };
    return { job: jobIn(await tell(context, peer, 'POST', '/protect', body)) };
  }),
  acknowledge: handlers.peers.acknowledge.handler(async ({ input: { peer, alert }, context }) => {
    await tell(context, peer, 'POST', '/alerts/acknowledge', { id: alert });
    return {};
  }),
  link: handlers.peers.link.handler(async ({ input: { peer }, context }) =>
    read(linkAnswer, await tell(context, peer, 'POST', '/console/link', {})),
  ),
};

function tell(
  { peers, caller }: CallContext,
  peer: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<string> {
  return peers.tell(caller, peer, { method, path, ...(body !== undefined && { body }) });
}

function read<Answer>(schema: z.ZodType<Answer>, text: string): Answer {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw strange('its answer is of another form', error);
  }
}

/** Of a long operation come events; the first names the job. */
function jobIn(events: string): string {
  for (const line of events.split('\n').filter((one) => one.startsWith('data:'))) {
    const event = jobEvent.safeParse(parsed(line.slice('data:'.length)));
    if (event.success) return event.data.job;
  }
  throw strange('it names no job');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

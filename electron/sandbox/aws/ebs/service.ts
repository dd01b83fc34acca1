/** The EBS direct APIs (REST, JSON and blocks): which operation a request is. */
import { type Ec2World } from '../ec2/world.ts';
import { Refusal, type Answer, type Asked, type Call, type Operation, type Service } from '../service.ts';
import { Tokens, type EbsCall } from './call.ts';
import { getBlock, listBlocks, listChanged } from './reading.ts';
import { throttled, unproven } from './refusals.ts';
import { complete, putBlock, start } from './writing.ts';

type Route = {
  readonly name: string;
  readonly method: string;
  /** Names what it takes of the address: `snapshot`, `block`. */
  readonly path: RegExp;
  answer(call: EbsCall): Answer | Promise<Answer>;
};

const routes: readonly Route[] = [
  { name: 'StartSnapshot', method: 'POST', path: /^\/snapshots$/, answer: start },
  {
    name: 'CompleteSnapshot',
    method: 'POST',
    path: /^\/snapshots\/completion\/(?<snapshot>[\w-]+)$/,
    answer: complete,
  },
  { name: 'ListSnapshotBlocks', method: 'GET', path: /^\/snapshots\/(?<snapshot>[\w-]+)\/blocks$/, answer: listBlocks },
  {
    name: 'ListChangedBlocks',
    method: 'GET',
    path: /^\/snapshots\/(?<snapshot>[\w-]+)\/changedblocks$/,
    answer: listChanged,
  },
  {
    name: 'GetSnapshotBlock',
    method: 'GET',
    path: /^\/snapshots\/(?<snapshot>[\w-]+)\/blocks\/(?<block>\d+)$/,
    answer: getBlock,
  },
  {
    name: 'PutSnapshotBlock',
    method: 'PUT',
    path: /^\/snapshots\/(?<snapshot>[\w-]+)\/blocks\/(?<block>\d+)$/,
    answer: putBlock,
  },
];

export class EbsService implements Service {
  readonly name = 'ebs';
  readonly readsBodies = false;
  readonly unproven = unproven;
  readonly throttled = throttled;
  readonly #world: Ec2World;
  readonly #tokens = new Tokens();

  constructor(world: Ec2World) {
    this.#world = world;
  }

  operation({ method, path }: Asked): Operation {
    const route = routes.find((one) => one.method === method && one.path.test(path));
    if (route === undefined) throw new Refusal(404, 'UnknownOperationException', 'The operation is not known.');
    const { snapshot = '', block = '-1' } = route.path.exec(path)?.groups ?? {};
    return {
      name: route.name,
      action: `ebs:${route.name}`,
      answer: (call) => this.#answer(route, call, snapshot, Number(block)),
    };
  }

  denied({ arn }: Call['caller'], { action }: Operation): Refusal {
    const words = `User: ${arn} is not authorized to perform: ${action}`;
    return new Refusal(403, 'AccessDeniedException', words, { fields: { Reason: 'UNAUTHORIZED_ACCOUNT' } });
  }

  refuse({ status, code, message, fields }: Refusal, requestId: string): Answer {
    return {
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code, 'x-amzn-requestid': requestId },
      body: JSON.stringify({ Message: message, ...fields }),
    };
  }

  async #answer(route: Route, call: Call, snapshotId: string, blockIndex: number): Promise<Answer> {
    const here = this.#world.regionFor(call.region, call.caller.account);
    if (here === undefined) throw unproven('malformed');
    const [world, tokens, now] = [this.#world, this.#tokens, this.#world.clock.now()];
    const answer = await route.answer({ ...call, world, here, now, tokens, snapshotId, blockIndex });
    return { ...answer, headers: { 'x-amzn-requestid': call.requestId, ...answer.headers } };
  }
}

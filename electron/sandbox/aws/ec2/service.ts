/** EC2 (Query protocol): which action is meant, how many are taken, what is only tried out. */
import { permits } from '../identity/policies.ts';
import { xmlDocument } from '../protocol/xml.ts';
import { Refusal, type Answer, type Asked, type Call, type Operation, type Service } from '../service.ts';
import { type Throttle } from '../throttle.ts';
import { addressActions } from './addresses.ts';
import { type Ec2Actions, type Ec2Handler } from './call.ts';
import { Form } from './form.ts';
import { groupActions } from './groups.ts';
import { imageActions } from './images.ts';
import { instanceActions } from './instances.ts';
import { interfaceActions } from './interfaces.ts';
import { optionActions } from './instance-options.ts';
import { lockActions } from './locks.ts';
import { needsOf } from './needs.ts';
import { networkActions } from './network.ts';
import { dryRun, refused, throttled, unproven } from './refusals.ts';
import { rootVolumeActions } from './root-volumes.ts';
import { snapshotActions } from './snapshots.ts';
import { volumeActions } from './volumes.ts';
import { type Ec2World } from './world.ts';

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';

const actions: Ec2Actions = {
  ...snapshotActions,
  ...lockActions,
  ...volumeActions,
  ...imageActions,
  ...instanceActions,
  ...rootVolumeActions,
  ...networkActions,
  ...groupActions,
  ...interfaceActions,
  ...addressActions,
  ...optionActions,
};

export class Ec2Service implements Service {
  readonly name = 'ec2';
  readonly readsBodies = false;
  readonly unproven = unproven;
  readonly throttled = throttled;
  readonly #world: Ec2World;
  readonly #throttle: Throttle;

  constructor(world: Ec2World, throttle: Throttle) {
    this.#world = world;
    this.#throttle = throttle;
  }

  operation({ body }: Asked): Operation {
    const form = new Form(new URLSearchParams(body.toString('utf8')));
    const name = form.text('Action') ?? '';
    const handler = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (handler === undefined) {
      throw refused('InvalidAction', `The action ${name} is not valid for this web service.`);
    }
    return { name, action: `ec2:${name}`, answer: (call) => this.#answer(call, name, form, handler) };
  }

  denied({ arn }: Call['caller'], { action }: Operation): Refusal {
    const words = `You are not authorized to perform this operation. User: ${arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
    return new Refusal(403, 'UnauthorizedOperation', words);
  }

  refuse({ status, code, message }: Refusal, requestId: string): Answer {
    const content = { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId };
    return {
      status,
      headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
      body: xmlDocument('Response', null, content),
    };
  }

  async #answer(call: Call, name: string, form: Form, handler: Ec2Handler): Promise<Answer> {
    const { caller, region, requestId } = call;
    const here = this.#world.regionFor(region, caller.account);
    if (here === undefined) throw new Refusal(401, 'AuthFailure', 'Credential should be scoped to a valid region.');
    const isAll = !form.has('Filter') && !form.has('MaxResults') && !/Ids?\.1=/.test(call.body.toString('latin1'));
    if (!this.#throttle.take(caller.account, region, name, isAll)) throw throttled();
    for (const need of needsOf(call, name, form, here)) {
      if (permits(caller.policy, need)) continue;
      throw this.denied(caller, { name, action: need.action, answer: () => ({ status: 200 }) });
    }
    // Of a trial only the right to it is looked at.
    if (form.flag('DryRun') === true) throw dryRun();
    const now = this.#world.clock.now();
    const content = await handler({ ...call, world: this.#world, here, form, now });
    return {
      status: 200,
      headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
      body: xmlDocument(`${name}Response`, namespace, { requestId, ...content }),
    };
  }
}

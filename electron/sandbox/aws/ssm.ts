/** Systems Manager, as far as it runs scripts in instances: what a script does there is played by whoever sets it up. */
import { randomUUID } from 'node:crypto';
import { JsonService, textIn, type JsonInput } from './json/service.ts';
import { Refusal } from './service.ts';

export type GuestAnswer = { readonly code: number; readonly output: string };
export type SentScript = { readonly instance: string; readonly document: string; readonly script: string };

type Invocation = { answer: GuestAnswer | null; isCancelled: boolean };

export class Ssm {
  /** Instances with an agent that answers. */
  readonly managed = new Set<string>();
  readonly sent: SentScript[] = [];
  /** What a script comes to; null, while it is at it. */
  play: (sent: SentScript) => Promise<GuestAnswer | null> = () => Promise.resolve({ code: 0, output: '' });
  readonly #invocations = new Map<string, Invocation>();

  send(input: JsonInput): object {
    const instances = (input['InstanceIds'] ?? []) as readonly string[];
    const unknown = instances.filter((id) => !this.managed.has(id));
    if (unknown.length > 0)
      throw new Refusal(
        400,
        'InvalidInstanceId',
        `Instances [[${unknown.join(', ')}]] not in a valid state for account`,
      );
    const document = textIn(input, 'DocumentName');
    const script = ((input['Parameters'] as { commands?: readonly string[] } | undefined)?.commands ?? []).join('\n');
    const CommandId = randomUUID();
    for (const instance of instances) {
      const invocation: Invocation = { answer: null, isCancelled: false };
      this.#invocations.set(`${CommandId} ${instance}`, invocation);
      const sent = { instance, document, script };
      this.sent.push(sent);
      void this.play(sent).then((answer) => void (invocation.answer = answer));
    }
    return { Command: { CommandId, Status: 'Pending', DocumentName: document, InstanceIds: instances } };
  }

  invocation(input: JsonInput): object {
    const [CommandId, InstanceId] = [textIn(input, 'CommandId'), textIn(input, 'InstanceId')];
    const found = this.#invocations.get(`${CommandId} ${InstanceId}`);
    if (found === undefined) throw new Refusal(400, 'InvocationDoesNotExist', '');
    const about = { CommandId, InstanceId, StandardErrorContent: '' };
    if (found.isCancelled) return { ...about, Status: 'Cancelled', ResponseCode: -1, StandardOutputContent: '' };
    const { answer } = found;
    if (answer === null) return { ...about, Status: 'InProgress', ResponseCode: -1, StandardOutputContent: '' };
    const Status = answer.code === 0 ? 'Success' : 'Failed';
    return { ...about, Status, ResponseCode: answer.code, StandardOutputContent: answer.output };
  }

  cancel(input: JsonInput): object {
    const id = textIn(input, 'CommandId');
    for (const [key, one] of this.#invocations) if (key.startsWith(`${id} `)) one.isCancelled = true;
    return {};
  }
}

export function ssmService(ssm: Ssm): JsonService {
  return new JsonService({
    name: 'ssm',
    target: 'AmazonSSM',
    handlers: {
      SendCommand: (_call, input) => ssm.send(input),
      GetCommandInvocation: (_call, input) => ssm.invocation(input),
      CancelCommand: (_call, input) => ssm.cancel(input),
    },
  });
}

/** The front door: which service a request is for, who asks, what they may, and what goes wrong before anything is done. */
import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type SandboxClock } from './clock.ts';
import { type Faults } from './faults.ts';
import { type Identities } from './identity/identities.ts';
import { allows } from './identity/policies.ts';
import { claimOf, prove, Unproven, type Claim, type Proof } from './identity/signature.ts';
import { type Request } from './options.ts';
import { Refusal, type Answer, type Asked, type Operation, type Service, type ServiceName } from './service.ts';
import { readBody, TooLarge } from '../body.ts';

export type DoorParts = {
  /** The first one answers what names none. */
  readonly services: readonly [Service, ...Service[]];
  readonly identities: Identities;
  readonly faults: Faults;
  readonly clock: SandboxClock;
  readonly log: Request[];
  /** How far the clock of the service is from that of who asks; requests are dated against it. */
  skewMs(): number;
  readonly signal: AbortSignal;
};

const logged = 200_000;
const bodyBytes = 4 * 1024 * 1024;

export class FrontDoor {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    const bare = bareAsked(request);
    const claim = claimIn(bare);
    const service = this.#serviceOf(claim, bare);
    response.setHeader('date', new Date(Date.now() + this.#parts.skewMs()).toUTCString());
    try {
      const asked = service.readsBodies ? bare : { ...bare, body: await readBody(request, bodyBytes) };
      await this.#answer(service, asked, claim, requestId, response);
    } catch (error) {
      if (error instanceof TooLarge) return void response.writeHead(413).end();
      if (!(error instanceof Refusal)) throw error;
      await send(response, service.refuse(error, requestId, bare), bare);
    }
  }

  async #answer(
    service: Service,
    asked: Asked,
    claim: Claim | 'malformed' | null,
    requestId: string,
    response: ServerResponse,
  ): Promise<void> {
    const named = claim === null || claim === 'malformed' ? null : claim;
    const operation = operationOf(service, asked);
    const name = operation instanceof Refusal ? null : operation.name;
    this.#note(service.name, name, named, asked);
    const path = asked.rawQuery === '' ? asked.path : `${asked.path}?${asked.rawQuery}`;
    const met = { service, operation: name, path, accessKeyId: named?.accessKeyId ?? null };
    if (await this.#parts.faults.meet(met, response, this.#parts.signal)) return;
    const { credential, seal } = this.#prove(service, asked, claim);
    if (operation instanceof Refusal) throw operation;
    const { identity: caller } = credential;
    const may = (action: string): boolean => allows(caller.policy, action);
    if (operation.action !== null && !may(operation.action)) throw service.denied(caller, operation, asked);
    const isSealed = String(asked.headers['x-amz-content-sha256']).startsWith('STREAMING-AWS4-HMAC-SHA256');
    const region = named?.region ?? '';
    const call = { ...asked, caller, region, requestId, may, seal: isSealed ? seal : null };
    await send(response, await operation.answer(call), asked);
  }

  #serviceOf(claim: Claim | 'malformed' | null, { method, path }: Asked): Service {
    const { services } = this.#parts;
    const unsigned = method === 'POST' && path === '/' ? 'ec2' : 's3';
    const wanted = claim === null || claim === 'malformed' ? unsigned : claim.service;
    return services.find(({ name }) => name === wanted) ?? services[0];
  }

  #prove(service: Service, asked: Asked, claim: Claim | 'malformed' | null): Proof {
    const { identities, clock } = this.#parts;
    try {
      if (claim === 'malformed') throw new Unproven('malformed');
      if (claim === null) throw new Unproven('missing');
      if (claim.service !== service.name) throw new Unproven('malformed');
      const proof = prove(asked, claim, identities, clock, Date.now() + this.#parts.skewMs());
      const hash = asked.headers['x-amz-content-sha256'];
      const isHash = typeof hash === 'string' && /^[\da-f]{64}$/.test(hash);
      if (!service.readsBodies && isHash && createHash('sha256').update(asked.body).digest('hex') !== hash) {
        throw new Unproven('mismatch');
      }
      return proof;
    } catch (error) {
      throw error instanceof Unproven ? service.unproven(error.problem) : error;
    }
  }

  #note(service: ServiceName, operation: string | null, claim: Claim | null, asked: Asked): void {
    const { log } = this.#parts;
    const path = asked.rawQuery === '' ? asked.path : `${asked.path}?${asked.rawQuery}`;
    const { method } = asked;
    const [region, accessKeyId] = [claim?.region ?? '', claim?.accessKeyId ?? null];
    const isTrial = service === 'ec2' && /(?:^|&)DryRun=true(?:&|$)/.test(asked.body.toString('latin1'));
    if (log.push({ service, operation, region, accessKeyId, method, path, isTrial }) > logged)
      log.splice(0, logged / 2);
  }
}

function bareAsked(request: IncomingMessage): Asked {
  const { method = '', url = '', headers } = request;
  const at = url.indexOf('?');
  const [path, rawQuery] = at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
  return { method, path, rawQuery, query: new URLSearchParams(rawQuery), headers, request, body: Buffer.alloc(0) };
}

function claimIn(asked: Asked): Claim | 'malformed' | null {
  try {
    return claimOf(asked);
  } catch (error) {
    if (error instanceof Unproven) return 'malformed';
    throw error;
  }
}

function operationOf(service: Service, asked: Asked): Operation | Refusal {
  try {
    return service.operation(asked);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

async function send(response: ServerResponse, { status, headers = {}, body }: Answer, asked: Asked): Promise<void> {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined) as [string, string][];
  // What was not read of a body that is refused would be taken for the next request.
  if (!asked.request.readableEnded && status >= 400) response.setHeader('connection', 'close');
  response.writeHead(status, Object.fromEntries(given));
  if (body === undefined || asked.method === 'HEAD') response.end();
  else if (typeof body === 'string' || body instanceof Uint8Array) response.end(body);
  else await pipeline(body, response);
}

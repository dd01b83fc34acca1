/** The other consoles that this one watches: kept in a file, asked again and again, and asked to do something. */
import { randomBytes } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Caller } from '../../../../shared/contract/common.ts';
import type { Peer, PeerReading } from '../../../../shared/contract/peers.ts';
import { HoldfastError, reportError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { SecretStore } from '../../platform/secret-store.ts';
import type { PeerAddress, Question } from './ask-peer.ts';
import { readPeers, writePeers, type PeerRow } from './peer-file.ts';

export type PeersOptions = {
  readonly home: string;
  readonly secrets: SecretStore | null;
  readonly nowMs: () => number;
  /** What is known of the tenant's peers is other now. */
  readonly onChange: (tenant: string) => void;
};

export type NewPeer = {
  readonly name: string;
  readonly url: string;
  readonly fingerprint: string | null;
  readonly token: string;
};

type Seen = {
  readonly state: Exclude<Peer['state'], 'unknown'>;
  readonly sinceMs: number;
  readonly problem: HoldfastError | null;
  readonly reading: PeerReading | null;
};

const askEveryMs = 60_000;
const atOnce = 8;
const mostPeers = 200;

export class Peers {
  readonly #options: PeersOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #agents = new Map<string, Agent>();
  readonly #stop = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  #round: Promise<void> | null = null;
  /** By a clock that only grows. */
  #nextRoundMs = 0;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /** Called every few seconds: asks all of them when it is time. Never rejects. */
  async beat(): Promise<void> {
    if (performance.now() < this.#nextRoundMs || this.#round !== null) return;
    this.#round = this.#askAll(await readPeers(this.#options.home).catch(() => [])).finally(() => {
      this.#round = null;
      this.#nextRoundMs = performance.now() + askEveryMs;
    });
    await this.#round;
  }

  /** The machine has slept: they are asked with the next beat. */
  hurry(): void {
    this.#nextRoundMs = 0;
  }

  async list(caller: Caller): Promise<readonly Peer[]> {
    return (await this.#rowsOf(caller)).map((row) => this.#view(row));
  }

  async askNow(caller: Caller): Promise<void> {
    await this.#askAll(await this.#rowsOf(caller));
  }

  async show(caller: Caller, which: string): Promise<Peer> {
    const row = await this.#find(caller, which);
    await this.#read(row);
    return this.#view(row);
  }

  /** Asked once before it is kept: a wrong address, certificate or token shows now. */
  async add(caller: Caller, { name, url, fingerprint, token }: NewPeer): Promise<Peer> {
    const { secrets, nowMs, onChange } = this.#options;
    if (secrets === null)
      throw new HoldfastError('NO_SECRET_STORE', 'There is no place where its token could be kept.');
    const address = originOf(url);
    const pin = fingerprint === null ? null : fingerprint.replaceAll(':', '').toLowerCase();
    return this.#inTurn(async () => {
      const rows = await readPeers(this.#options.home);
      const own = rows.filter(({ tenant }) => tenant === caller.tenant);
      if (own.some((row) => row.name === name)) throw new HoldfastError('PEER_EXISTS', `${name} is watched already.`);
      if (own.length >= mostPeers)
        throw new HoldfastError('PEER_INVALID', `${own.length} are watched, as many as can be.`);
      const id = randomBytes(8).toString('hex');
      const row = {
        id,
        tenant: caller.tenant,
        actor: caller.actor,
        name,
        url: address,
        fingerprint: pin,
        addedAtMs: nowMs(),
      };
      const asked = { url: address, token, agent: await this.#agentOf(row) };
      const { readPeer } = await import('./read-peer.ts');
      const reading = await readPeer(asked, nowMs(), this.#stop.signal).catch((error: unknown) => {
        this.#forget(id);
        throw error;
      });
      await secrets.write(secretName(id), token);
      await writePeers(this.#options.home, [...rows, row]);
      this.#seen.set(id, { state: 'answering', sinceMs: nowMs(), problem: null, reading });
      onChange(caller.tenant);
      return this.#view(row);
    });
  }

  async remove(caller: Caller, which: string): Promise<void> {
    await this.#inTurn(async () => {
      const { id } = await this.#find(caller, which);
      const rows = await readPeers(this.#options.home);
      await writePeers(
        this.#options.home,
        rows.filter((row) => row.id !== id),
      );
      await this.#options.secrets?.remove(secretName(id));
      this.#forget(id);
      this.#options.onChange(caller.tenant);
    });
  }

  /** Has it do something, and gives its answer as it came; what came of it is seen soon. */
  async tell(caller: Caller, which: string, question: Question): Promise<string> {
    const row = await this.#find(caller, which);
    const { tellPeer } = await import('./ask-peer.ts');
    const answer = await tellPeer(await this.#addressOf(row), question, this.#stop.signal);
    void this.#read(row);
    return answer;
  }

  close(): void {
    this.#stop.abort();
    for (const agent of this.#agents.values()) agent.destroy();
  }

  async #askAll(rows: readonly PeerRow[]): Promise<void> {
    const waiting = [...rows];
    const lane = async (): Promise<void> => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) await this.#read(row);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  }

  /** Never rejects: what goes wrong is what is known of it. */
  async #read(row: PeerRow): Promise<void> {
    const { nowMs, onChange } = this.#options;
    try {
      const { readPeer } = await import('./read-peer.ts');
      const reading = await readPeer(await this.#addressOf(row), nowMs(), this.#stop.signal);
      this.#note(row.id, 'answering', null, reading);
    } catch (error) {
      const problem = toHoldfastError(error);
      if (problem.code === 'CANCELLED') return;
      this.#note(row.id, problem.code === 'PEER_REFUSED' ? 'refused' : 'silent', problem, null);
    }
    onChange(row.tenant);
  }

  #note(id: string, state: Seen['state'], problem: HoldfastError | null, reading: PeerReading | null): void {
    const before = this.#seen.get(id);
    const sinceMs = before?.state === state ? before.sinceMs : this.#options.nowMs();
    this.#seen.set(id, { state, sinceMs, problem, reading: reading ?? before?.reading ?? null });
  }

  #forget(id: string): void {
    this.#seen.delete(id);
    this.#agents.get(id)?.destroy();
    this.#agents.delete(id);
  }

  async #addressOf(row: PeerRow): Promise<PeerAddress> {
    const token = (await this.#options.secrets?.read(secretName(row.id))) ?? null;
    if (token === null) throw new HoldfastError('PEER_REFUSED', 'The token it is asked with is not here any more.');
    return { url: row.url, token, agent: await this.#agentOf(row) };
  }

  async #agentOf({ id, url, fingerprint }: PeerRow): Promise<Agent> {
    // Here and above: most homes watch no other console, and HTTP takes its time to load.
    const { agentFor } = await import('../../platform/pinned-agent.ts');
    const agent = this.#agents.get(id) ?? agentFor(new URL(url), { fingerprint, authority: null }, 4);
    this.#agents.set(id, agent);
    return agent;
  }

  async #rowsOf({ tenant }: Caller): Promise<readonly PeerRow[]> {
    return (await readPeers(this.#options.home)).filter((row) => row.tenant === tenant);
  }

  async #find(caller: Caller, which: string): Promise<PeerRow> {
    const rows = await this.#rowsOf(caller);
    const found = rows.find(({ id }) => id === which) ?? rows.find(({ name }) => name === which);
    if (found === undefined) throw new HoldfastError('PEER_UNKNOWN', `No other console is watched as ${which}.`);
    return found;
  }

  #view({ id, name, url, fingerprint, addedAtMs, actor }: PeerRow): Peer {
    const seen = this.#seen.get(id) ?? null;
    return {
      id,
      name,
      url,
      fingerprint,
      addedAt: new Date(addedAtMs).toISOString(),
      addedBy: actor,
      state: seen?.state ?? 'unknown',
      since: seen === null ? null : new Date(seen.sinceMs).toISOString(),
      problem: seen === null || seen.problem === null ? null : reportError(seen.problem),
      reading: seen?.reading ?? null,
    };
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** The token goes there: so only under TLS, or not beyond this machine. PEER_INVALID. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === null || (url.protocol !== 'https:' && !isPlain))
    throw new HoldfastError('PEER_INVALID', 'Its address is https://host:port (http:// only for this machine itself).');
  if (url.username !== '' || url.password !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new HoldfastError('PEER_INVALID', 'Its address is https://host:port, and nothing behind it.');
  return url.origin;
}

function secretName(id: string): string {
  return `peer ${id}`;
}

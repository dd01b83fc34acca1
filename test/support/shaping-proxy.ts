/** A TCP proxy on loopback that makes a line slow and unreliable: delay, rate, and cuts in the middle of anything. */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type LineShape = {
  /** One way. */
  readonly delayMs?: number;
  /** In each direction, over all connections. */
  readonly bytesPerSecond?: number;
};

type Direction = 'up' | 'down';

export class ShapingProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #shape: LineShape;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #freeAtMs = { up: 0, down: 0 };
  /** Bytes that have come out at the other end. */
  readonly passed = { up: 0, down: 0 };
  /** How often it was cut. */
  cuts = 0;
  #cutAt = Infinity;
  #isCut = false;

  private constructor(server: Server, target: number, shape: LineShape) {
    this.#server = server;
    this.#target = target;
    this.#shape = shape;
    server.on('connection', (client: Socket) => this.#connect(client));
  }

  /** In front of a port of this machine. Use with `await using`. */
  static async open(target: number, shape: LineShape = {}): Promise<ShapingProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ShapingProxy(server, target, shape);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Cuts the line when so many more bytes have passed, both ways together; what is on its way is lost. */
  cutAfter(bytes: number): void {
    this.#cutAt = this.passed.up + this.passed.down + bytes;
  }

  /** It works again, until the next cut. */
  mend(): void {
    this.#isCut = false;
    this.#cutAt = Infinity;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#isCut) {
      client.resetAndDestroy();
      return;
    }
    const server = createConnection({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true });
    server.on('error', () => undefined);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    void this.#pump('up', client, server);
    void this.#pump('down', server, client);
    for (const socket of pair) socket.on('close', () => this.#end(pair));
  }

  async #pump(direction: Direction, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        await this.#travel(direction, chunk.length);
        const left = this.#cutAt - this.passed.up - this.passed.down;
        const passing = chunk.subarray(0, Math.max(0, Math.min(chunk.length, left)));
        this.passed[direction] += passing.length;
        const hasRoom = passing.length === 0 || to.write(passing);
        if (passing.length < chunk.length) return this.#cut();
        if (!hasRoom) await new Promise((resolve) => void to.once('drain', resolve).once('close', resolve));
      }
      to.end();
    } catch {
      to.destroy();
    }
  }

  async #travel(direction: Direction, bytes: number): Promise<void> {
    const { delayMs = 0, bytesPerSecond = Infinity } = this.#shape;
    const now = performance.now();
    this.#freeAtMs[direction] = Math.max(this.#freeAtMs[direction], now) + (bytes / bytesPerSecond) * 1000;
    const waitMs = this.#freeAtMs[direction] - now + delayMs;
    if (waitMs >= 1) await sleep(waitMs);
  }

  #cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.cuts += 1;
    this.#drop();
  }

  #drop(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
    this.#pairs.clear();
  }

  /** Where one side is gone, the other is of no use. */
  #end(pair: readonly [Socket, Socket]): void {
    for (const socket of pair) if (!socket.destroyed) socket.destroySoon();
    this.#pairs.delete(pair);
  }
}

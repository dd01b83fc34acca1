/** `engine.sock`: the whole contract, for other processes of the same account, as long as this engine owns the home. */
import { createServer, type Server, type Socket } from 'node:net';
import { HoldfastError, reportError } from '../../../../shared/model/errors.ts';
import { Connection, helloOf, type Procedures } from './connection.ts';
import { ByteBudget, encodeFrame } from './frames.ts';
import { ownPlace, type EngineKind } from './protocol.ts';
import { listenIn, type SocketFile } from './socket-file.ts';

const maxConnections = 64;
/** Of all clients together, for messages that are not complete. */
const budgetBytes = 32 * 1024 * 1024;

export type DoorOptions = {
  /** The caller of this holds its lock. */
  readonly home: string;
  readonly kind: EngineKind;
  readonly version: string;
  readonly procedures: Procedures;
  /** Whether a long operation runs. */
  readonly isWorking: () => boolean;
};

export class SocketDoor {
  readonly #options: DoorOptions;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #budget = new ByteBudget(budgetBytes);
  #file: SocketFile | null = null;
  #refuses = false;
  #idle: (() => void)[] = [];

  static async open(options: DoorOptions): Promise<SocketDoor> {
    const door = new SocketDoor(options);
    door.#file = await listenIn(options.home, door.#server);
    return door;
  }

  private constructor(options: DoorOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  get path(): string {
    return this.#file?.path ?? '';
  }

  /** Calls under way, of all clients. */
  get calls(): number {
    let calls = 0;
    for (const connection of this.#connections) calls += connection.calls;
    return calls;
  }

  /** From now on calls are refused in a way that tells the client they have not begun. */
  refuseCalls(): void {
    this.#refuses = true;
  }

  /** Resolves when no call is under way. */
  async whenIdle(): Promise<void> {
    while (this.calls > 0) {
      await new Promise<void>((resolve) => {
        this.#idle.push(resolve);
      });
    }
  }

  cancelCalls(reason: HoldfastError): void {
    for (const connection of this.#connections) connection.cancelCalls(reason);
  }

  /** Takes the socket away and cuts whoever is left; to be called when no call is under way. */
  close(reason: HoldfastError): void {
    this.#file?.remove();
    this.#server.close();
    for (const connection of this.#connections) connection.close(reason);
  }

  #welcome(socket: Socket): void {
    if (this.#connections.size >= maxConnections) return turnAway(socket);
    const { kind, version, procedures, isWorking } = this.#options;
    const connection = new Connection(socket, {
      hello: helloOf({ kind, version, pid: process.pid, place: ownPlace(), working: isWorking() }),
      procedures,
      budget: this.#budget,
      refusesCalls: () => this.#refuses,
      onCalls: () => this.#changed(connection),
    });
    this.#connections.add(connection);
    socket.once('close', () => this.#changed(connection));
  }

  /** A client that has gone counts until what it had under way has come to its end. */
  #changed(connection: Connection): void {
    if (connection.isOver) this.#connections.delete(connection);
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function turnAway(socket: Socket): void {
  socket.on('error', () => undefined);
  const busy = new HoldfastError('ENGINE_BUSY', `${maxConnections} clients are connected to the engine.`);
  socket.end(encodeFrame({ type: 'goodbye', report: reportError(busy) }), () => socket.destroy());
}

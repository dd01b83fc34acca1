/** Gives the page its port to the engine, and a new one when it has lost hold of the old. */
import type { IpcMain, IpcMainEvent, MessageChannelMain, WebFrameMain } from 'electron';
import type { EnginePort, PortConnection, PortOptions } from '../engine/engine.ts';
import { isOurPage } from './address.ts';
import { channels } from './channels.ts';

export type HandoverParts = {
  readonly ipcMain: Pick<IpcMain, 'on'>;
  readonly newChannel: () => Pick<MessageChannelMain, 'port1' | 'port2'>;
  readonly openPort: (port: EnginePort, options: PortOptions) => PortConnection;
  readonly onRefused: (text: string) => void;
};

/** The page always watches the engine: without any call for so long, it has given this port up. */
const givenUpMs = 2_000;

type Handed = { readonly frame: WebFrameMain; readonly connection: PortConnection };

export class PortHandover {
  readonly #parts: HandoverParts;
  #handed: Handed | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: HandoverParts) {
    this.#parts = parts;
  }

  listen(): void {
    this.#parts.ipcMain.on(channels.connect, (event) => this.#connect(event));
  }

  /** What the page waits for on its old port may never come, as after a sleep. */
  renew(): void {
    if (this.#handed !== null) this.#hand(this.#handed.frame);
  }

  #connect({ senderFrame }: IpcMainEvent): void {
    if (senderFrame === null || !isOurPage(senderFrame)) {
      this.#parts.onRefused(`A port to the engine was refused to ${senderFrame?.origin ?? 'a frame that is gone'}.`);
      return;
    }
    this.#hand(senderFrame);
  }

  #hand(frame: WebFrameMain): void {
    this.#handed?.connection.close();
    this.#handed = null;
    // Between the question and now it may have been reloaded, or closed.
    if (frame.isDestroyed() || !isOurPage(frame)) return;
    const { port1, port2 } = this.#parts.newChannel();
    const connection = this.#parts.openPort(port1, { onCalls: (calls) => this.#watch(connection, calls) });
    this.#handed = { frame, connection };
    frame.postMessage(channels.port, null, [port2]);
  }

  #watch(connection: PortConnection, calls: number): void {
    if (this.#handed?.connection !== connection) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (calls > 0) return;
    this.#timer = setTimeout(() => {
      if (this.#handed?.connection === connection) this.renew();
    }, givenUpMs).unref();
  }
}

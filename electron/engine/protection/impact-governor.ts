/** Sets how much of the machine runs may take, again and again while there are any: times pass, and others want it too. */
import { cpus } from 'node:os';
import {
  impactAt,
  noLimits,
  parseImpactRules,
  type ImpactLimits,
  type ImpactRule,
} from '../../../shared/model/impact.ts';
import { Throttle, type SharedThrottle } from '../platform/throttle.ts';

export type ImpactPorts = {
  /** The rules of a tenant as they were typed. */
  readonly rulesOf: (tenant: string) => Promise<string>;
  readonly nowMs: () => number;
  readonly zone: () => string;
  readonly onBattery: () => boolean;
};

const lookEveryMs = 5_000;
/** Of the processor, taken by other programs. */
const busyShare = 0.5;

export class ImpactGovernor {
  readonly #ports: ImpactPorts;
  readonly #tenants = new Map<string, { readonly throttle: Throttle; runs: number }>();
  readonly #load = new OthersLoad();
  #isBusy = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(ports: ImpactPorts) {
    this.#ports = ports;
  }

  /** Runs the work within the limits of its tenant, as they are and as they change meanwhile. */
  async within<Result>(tenant: string, work: (throttle: SharedThrottle) => Promise<Result>): Promise<Result> {
    const own = this.#tenants.get(tenant) ?? { throttle: Throttle.create(), runs: 0 };
    this.#tenants.set(tenant, own);
    own.runs += 1;
    try {
      await this.#set(tenant, own.throttle);
      this.#arm();
      return await work(own.throttle.shared);
    } finally {
      own.runs -= 1;
      if (own.runs === 0) this.#tenants.delete(tenant);
    }
  }

  /** Rules or the machine have changed: looks at once. */
  async look(): Promise<void> {
    this.#isBusy = this.#load.share() > busyShare;
    for (const [tenant, { throttle }] of this.#tenants) await this.#set(tenant, throttle);
  }

  #arm(): void {
    if (this.#timer !== null || this.#tenants.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.look().finally(() => this.#arm());
    }, lookEveryMs).unref();
  }

  async #set(tenant: string, throttle: Throttle): Promise<void> {
    throttle.set(await this.#limitsOf(tenant));
  }

  async #limitsOf(tenant: string): Promise<ImpactLimits> {
    const rules = await this.#rulesOf(tenant);
    if (rules.length === 0) return noLimits;
    const { nowMs, zone, onBattery } = this.#ports;
    return impactAt(rules, { nowMs: nowMs(), zone: zone(), onBattery: onBattery(), isBusy: this.#isBusy });
  }

  /** What cannot be read or understood limits nothing: a run that takes too much is better than none. */
  async #rulesOf(tenant: string): Promise<readonly ImpactRule[]> {
    const parsed = parseImpactRules(await this.#ports.rulesOf(tenant).catch(() => ''));
    return 'rules' in parsed ? parsed.rules : [];
  }
}

type Reading = { readonly busyMs: number; readonly allMs: number; readonly ownMs: number };

/** How much of the processor other programs took since the last look, 0 to 1. */
class OthersLoad {
  #before = read();

  share(): number {
    const before = this.#before;
    const now = read();
    const allMs = now.allMs - before.allMs;
    if (allMs < 1_000) return 0;
    this.#before = now;
    const others = now.busyMs - before.busyMs - (now.ownMs - before.ownMs);
    return Math.max(0, Math.min(1, others / allMs));
  }
}

function read(): Reading {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (of: (one: (typeof times)[number]) => number): number => times.reduce((all, one) => all + of(one), 0);
  const allMs = sum(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq);
  const { user, system } = process.cpuUsage();
  return { busyMs: allMs - sum(({ idle }) => idle), allMs, ownMs: (user + system) / 1000 };
}

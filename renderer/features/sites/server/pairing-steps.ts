/** The steps of pairing, and where somebody is. Pure. */
import type { Step } from '../../../components/step-rail.tsx';

const steps = ['Code', 'Repository', 'Rule', 'Copy'] as const;
export type PairingStep = (typeof steps)[number];

type Place = {
  readonly location?: string;
  readonly user?: string;
  readonly fingerprint?: string;
  readonly site?: string;
};

export function pairingStep({ location, user, fingerprint, site }: Place, hasRule: boolean): PairingStep {
  if (site !== undefined) return hasRule ? 'Copy' : 'Rule';
  return location === undefined || user === undefined || fingerprint === undefined ? 'Code' : 'Repository';
}

export function stepsOfPairing(current: PairingStep): readonly Step<PairingStep>[] {
  const at = steps.indexOf(current);
  return steps.map((id, index) => ({ id, label: id, state: index < at ? 'done' : index > at ? 'todo' : 'active' }));
}

/** 64 digits in groups of four, so that two people can compare them by reading aloud. */
export function grouped(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

/** What a site is called where nobody has said: the name of the machine. */
export function nameFrom(location: string): string {
  return /^rest:https?:\/\/\[?([^/\]]+?)\]?(?::\d+)?\//.exec(location)?.[1] ?? '';
}

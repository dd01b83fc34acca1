/** What the machine is like now, as far as whoever runs the engine can tell: a desktop knows of batteries and networks. */

export type MachineConditions = {
  /** Rules for batteries hold then; what cannot be known counts as no. */
  readonly onBattery: () => boolean;
  /** What a run that is due waits for before it begins, in words such as `mains power`; null: for nothing. */
  readonly waitsFor: () => string | null;
};

/** A server is on mains power, and its network is there to be used. */
export const noConditions: MachineConditions = { onBattery: () => false, waitsFor: () => null };

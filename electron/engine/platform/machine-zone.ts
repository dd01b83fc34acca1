/** The clocks of this machine, for what names no zone of its own. */

/** An IANA name. */
export function machineZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return timeZone === '' ? 'UTC' : timeZone;
}

/** A password that nobody has typed for long may be one that nobody knows any more. */
const remindAfterMs = 90 * 24 * 3_600_000;

export function provenIsOld(provenAt: string, nowMs: number): boolean {
  return nowMs - Date.parse(provenAt) > remindAfterMs;
}

/** What keeps a new password from being taken; null where nothing does. */
export function newPasswordFault(password: string, again: string): string | null {
  if (password === '') return 'Enter a new password.';
  return password === again ? null : 'The two are not the same.';
}

/** One line of a preflight. */
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';

type Check = (level: PreflightCheck['level'], id: string, title: string, detail: string) => PreflightCheck;

export const check: Check = (level, id, title, detail) => ({ level, id, title, detail });

/** Which report this is: its time, zone, home, and who made it, in lines that every format shows. */
import type { ReportDocument } from './document.ts';
import { timeWords } from './document.ts';

export function aboutReport({ period, zone, madeAt, madeBy, tenant, home, scope }: ReportDocument): readonly string[] {
  const at = timeWords(Date.parse(madeAt), zone);
  const about =
    period === null
      ? `As of ${at} (${zone})`
      : `${capital(period.words)}: ${timeWords(Date.parse(period.from), zone)} to ${timeWords(Date.parse(period.to), zone)} (${zone})`;
  return [`${about}. ${scope}.`, `Made ${at} by ${madeBy}, for ${tenant} on ${home.host}, Holdfast ${home.version}.`];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

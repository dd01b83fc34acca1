/**
 * Cron expressions of five fields, as crontab(5) describes them: minute, hour, day of month, month, day of week. Lists,
 * ranges, steps, names of months and days, and the rule that a day counts when either of two restricted day fields has it.
 */
export type CronFields = {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** Whether the field was anything else than `*`: it decides how the two day fields go together. */
  readonly daysRestricted: boolean;
  readonly weekdaysRestricted: boolean;
};

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const shortcuts: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** What the text means; null where it means nothing, or never comes. */
export function parseCron(text: string): CronFields | null {
  const fields = readCron(text);
  return fields !== null && everComes(fields) ? fields : null;
}

/** Whether it is well written, also where it never comes. */
export function isCron(text: string): boolean {
  return readCron(text) !== null;
}

function readCron(text: string): CronFields | null {
  const trimmed = text.trim().toLowerCase();
  const expression = Object.hasOwn(shortcuts, trimmed) ? (shortcuts[trimmed] ?? '') : trimmed;
  const parts = expression.split(/\s+/);
  if (parts.length !== 5) return null;
  const [minuteText = '', hourText = '', dayText = '', monthText = '', weekdayText = ''] = parts;
  const minutes = parseField(minuteText, 0, 59, []);
  const hours = parseField(hourText, 0, 23, []);
  const days = parseField(dayText, 1, 31, []);
  const months = parseField(monthText, 1, 12, monthNames);
  // Seven is Sunday too.
  const weekdays = parseField(weekdayText, 0, 7, dayNames)?.map((day) => day % 7);
  if (minutes === null || hours === null || days === null || months === null || weekdays === undefined) return null;
  return {
    minutes,
    hours,
    days,
    months,
    weekdays: [...new Set(weekdays)].sort((a, b) => a - b),
    daysRestricted: !dayText.startsWith('*'),
    weekdaysRestricted: !weekdayText.startsWith('*'),
  };
}

export type CronDay = { readonly month: number; readonly day: number; readonly weekday: number };

export function cronMatcher(fields: CronFields): {
  readonly day: (day: CronDay) => boolean;
  readonly times: readonly { readonly hour: number; readonly minute: number }[];
} {
  const { daysRestricted, weekdaysRestricted } = fields;
  return {
    day: ({ month, day, weekday }) => {
      if (!fields.months.includes(month)) return false;
      const [byDay, byWeekday] = [fields.days.includes(day), fields.weekdays.includes(weekday)];
      return daysRestricted && weekdaysRestricted ? byDay || byWeekday : byDay && byWeekday;
    },
    times: fields.hours.flatMap((hour) => fields.minutes.map((minute) => ({ hour, minute }))),
  };
}

/** `*`, `5`, `1-5`, `*` and ranges with `/step`, names, and lists of these; null where it is none. */
function parseField(text: string, least: number, most: number, names: readonly string[]): number[] | null {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:(\*)|([a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return null;
    const [, star, fromText = '', toText, stepText] = match;
    const from = star === undefined ? valueOf(fromText, least, names) : least;
    const last = stepText !== undefined && toText === undefined ? most : from;
    const to = star !== undefined ? most : toText === undefined ? last : valueOf(toText, least, names);
    const step = stepText === undefined ? 1 : Number(stepText);
    if (from === null || to === null || from < least || to > most || from > to || step < 1) return null;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function valueOf(text: string, least: number, names: readonly string[]): number | null {
  const index = names.indexOf(text);
  if (index >= 0) return index + least;
  return /^\d+$/.test(text) ? Number(text) : null;
}

const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The 30th of February does not. */
function everComes({ days, months, daysRestricted, weekdaysRestricted }: CronFields): boolean {
  if (daysRestricted && weekdaysRestricted) return true;
  return months.some((month) => days.some((day) => day <= (longest[month - 1] ?? 31)));
}

/** Preloaded into the program under test (`node --import`): its clock is so many days ahead, or behind. */
const shiftMs = Number(process.env['HOLDFAST_TEST_CLOCK_DAYS'] ?? 0) * 24 * 3_600_000;
const realNow = Date.now.bind(Date);

Date.now = () => realNow() + shiftMs;
globalThis.Date = new Proxy(Date, {
  construct: (RealDate, values: unknown[]): Date =>
    values.length === 0 ? new RealDate(RealDate.now()) : (Reflect.construct(RealDate, values) as Date),
});

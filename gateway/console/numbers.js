/** Numbers as pages show them. */

const MINUTE_MS = 60_000;

/** 10,000. */
export const count = (number) => (number === null || number === undefined ? "–" : number.toLocaleString("en"));

/** "1 session", "2 sessions". */
export const plural = (number, word) => `${count(number)} ${word}${number === 1 ? "" : "s"}`;

/** Short: 12,300, 1.25, 0.4. */
export const short = (value) =>
  value === null || value === undefined ? "–" : value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 });

/** The next number that reads well: 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15 and so on. */
export function roundedUp(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value * 0.9999);
}

/** What came in each whole minute, by its start: sums of counts, or the most of a value; null where nothing is known. */
export function byMinute(times, values, sum) {
  const found = new Map();
  times.forEach((at, index) => {
    const key = Math.floor((at - 1) / MINUTE_MS) * MINUTE_MS;
    const [before, value] = [found.get(key) ?? null, values[index]];
    if (value === null) found.set(key, before);
    else found.set(key, sum ? (before ?? 0) + value : Math.max(before ?? 0, value));
  });
  return found;
}

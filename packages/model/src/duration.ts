// Lengths of time as people write them in attributes.

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const longest = 366 * 86_400_000;

/**
 * Milliseconds of `30s`, `10m`, `2h`, `1d`, `1h30m`; undefined for anything else. A bare number is refused, because nobody can
 * tell seconds from milliseconds; so is nothing at all, and more than a year.
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:\.\d{1,3})?d)?(?:\d{1,9}(?:\.\d{1,3})?h)?(?:\d{1,9}(?:\.\d{1,3})?m)?(?:\d{1,9}(?:\.\d{1,3})?s)?$/.test(text)) return undefined;
  let total = 0;
  for (const part of text.matchAll(/([\d.]+)([dhms])/g)) total += Number(part[1]) * (units[part[2] ?? ''] ?? 0);
  return total > 0 && total <= longest ? Math.round(total) : undefined;
}

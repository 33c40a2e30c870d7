// A span of time for people: short, and never more exact than it matters.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * A span of milliseconds in its two largest units: `0.2s`, `12s`, `3m 05s`, `2h 10m`, `3d 4h`. Cut, not rounded, so that a
 * limit never looks reached before it is. Negative spans are nothing: `0.0s`.
 */
export function formatDuration(ms: number): string {
  const span = Math.max(0, Number.isFinite(ms) ? ms : 0);
  if (span < 10 * second) return `${(Math.floor(span / 100) / 10).toFixed(1)}s`;
  if (span < minute) return `${Math.floor(span / second)}s`;
  if (span < hour) return `${Math.floor(span / minute)}m ${two(Math.floor((span % minute) / second))}s`;
  if (span < day) return `${Math.floor(span / hour)}h ${two(Math.floor((span % hour) / minute))}m`;
  return `${Math.floor(span / day)}d ${Math.floor((span % day) / hour)}h`;
}

/** A limit the author wrote, without the parts that are nothing: `30s`, `10m`, `2h`, `1m 30s`. */
export function formatLimit(ms: number): string {
  return ms % second === 0 ? formatDuration(ms).replace(/\.0s$/, 's').replace(/ 0+[smh]$/, '') : `${ms}ms`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

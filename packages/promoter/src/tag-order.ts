// In which order a file lists its tags, and where a new one belongs. Real files are ascending, descending, in plain text
// order (as kpromo writes them), or in none.
// Source: domain facts §5.6.

/** Compares two tags: negative when the first comes before. */
export type TagOrder = (a: string, b: string) => number;

const preRelease = /^[-.]?(?:alpha|beta|rc|pre|dev|snapshot|canary)/;

/** By version: numbers as numbers, `v` in front ignored, `v1.0.0-rc.1` before `v1.0.0`, `v1.0` before `v1.0.0`. */
export function compareVersions(a: string, b: string): number {
  const left = a.replace(/^v(?=\d)/, '').match(/\d+|\D+/g) ?? [];
  const right = b.replace(/^v(?=\d)/, '').match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const one = left[i];
    const other = right[i];
    if (one === other) continue;
    if (one === undefined) return preRelease.test(other ?? '') ? 1 : -1;
    if (other === undefined) return preRelease.test(one) ? -1 : 1;
    const numbers = /^\d/.test(one) && /^\d/.test(other);
    const difference = numbers ? compareDigits(one, other) : comparePieces(one, other);
    if (difference !== 0) return difference;
  }
  return comparePlain(a, b);
}

function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+(?=\d)/, '');
  const right = b.replace(/^0+(?=\d)/, '');
  return left.length - right.length || comparePlain(left, right);
}

/** `1.0.0-rc` against `1.0.0.1`: what begins a pre-release comes first. */
function comparePieces(a: string, b: string): number {
  const early = Number(preRelease.test(b)) - Number(preRelease.test(a));
  return early !== 0 ? early : comparePlain(a, b);
}

/** By code units, as kpromo sorts. */
export function comparePlain(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const orders: readonly TagOrder[] = [
  compareVersions,
  (a, b) => compareVersions(b, a),
  comparePlain,
  (a, b) => comparePlain(b, a),
];

/**
 * The order of a list of tags, or undefined when it has none. `others` are further lists of the same file; they decide
 * where the list itself leaves several orders open, and an order most pairs follow is one too.
 */
export function findOrder(tags: readonly string[], others: readonly (readonly string[])[]): TagOrder | undefined {
  const fitting = orders.filter((order) => isIn(tags, order));
  if (fitting.length > 0) {
    const best = fitting.map((order) => ({ order, score: others.reduce((sum, list) => sum + (isIn(list, order) ? list.length - 1 : -list.length), 0) }));
    best.sort((a, b) => b.score - a.score);
    // A single line says nothing by itself, so the other lists must really follow the order.
    if (tags.length < 2 && others.some((list) => list.length > 1) && (best[0]?.score ?? 0) < 0) return undefined;
    return best[0]?.order;
  }
  return tags.length < 6 ? undefined : orders.find((order) => share(tags, order) >= 0.8);
}

/** Whether all of them follow an order; the first that does not decides. */
function isIn(tags: readonly string[], order: TagOrder): boolean {
  return tags.every((tag, i) => i === 0 || order(tags[i - 1] ?? '', tag) <= 0);
}

function share(tags: readonly string[], order: TagOrder): number {
  let good = 0;
  for (let i = 1; i < tags.length; i += 1) if (order(tags[i - 1] ?? '', tags[i] ?? '') <= 0) good += 1;
  return tags.length < 2 ? 1 : good / (tags.length - 1);
}

/** How many of the listed tags come before a new one: it is inserted behind the last that does. At the end without order. */
export function placeOf(tag: string, tags: readonly string[], order: TagOrder | undefined): number {
  if (order === undefined) return tags.length;
  return tags.findLastIndex((other) => order(other, tag) <= 0) + 1;
}

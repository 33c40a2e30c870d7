// Whether a value lies within another one: every key, value and list item of the first is in the second, lists in order,
// further keys and items allowed. Values are those of `valueOf`. Pure.

/**
 * Where `part` says something that `whole` does not, in words; undefined when it lies within.
 * @param path of the part, for the words; empty at the top.
 */
export function findMismatch(part: unknown, whole: unknown, path = ''): string | undefined {
  if (part instanceof Map) {
    if (!(whole instanceof Map)) return `${at(path)} is ${show(whole)} there`;
    for (const [key, value] of part as Map<unknown, unknown>) {
      const inner = path === '' ? String(key) : `${path}.${String(key)}`;
      if (!whole.has(key)) return `"${inner}" is not there`;
      const mismatch = findMismatch(value, whole.get(key), inner);
      if (mismatch !== undefined) return mismatch;
    }
    return undefined;
  }
  if (!Array.isArray(part)) return isSame(part, whole) ? undefined : `${at(path)} is ${show(whole)} there, ${show(part)} here`;
  if (!Array.isArray(whole)) return `${at(path)} is ${show(whole)} there`;
  const missing = alignItems(part, whole).indexOf(undefined);
  if (missing === -1) return undefined;
  // With as many items on both sides the reader wants to know what differs inside.
  const inner = part.length === whole.length ? findMismatch(part[missing], whole[missing], `${path}[${missing}]`) : undefined;
  return inner ?? `"${path}[${missing}]" is not there${show(part[missing]) === 'a list or keys' ? '' : `: ${show(part[missing])}`}`;
}

/** For each item of `part` the index of the first item of `whole`, behind the one before, in which it lies. */
export function alignItems(part: readonly unknown[], whole: readonly unknown[]): (number | undefined)[] {
  let next = 0;
  return part.map((item) => {
    for (let i = next; i < whole.length; i += 1) {
      if (findMismatch(item, whole[i]) !== undefined) continue;
      next = i + 1;
      return i;
    }
    return undefined;
  });
}

function isSame(part: unknown, whole: unknown): boolean {
  if (Object.is(part, whole)) return true;
  const numbers = isNumber(part) && isNumber(whole);
  return numbers && typeof part !== typeof whole && Number(part) === Number(whole);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function at(path: string): string {
  return path === '' ? 'the value' : `"${path}"`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return 'a list or keys';
  const text = typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

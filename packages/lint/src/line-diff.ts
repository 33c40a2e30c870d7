// The difference of two texts by lines, as people know it from diff -u. Pure.

interface Row {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

const context = 3;
/** A table of more cells than these is not made; what differs is then shown as one piece. */
const mostCells = 4_000_000;

/**
 * The unified diff of two texts without its two title lines; empty when they are equal.
 * @param mostLines longer diffs are cut, and say so.
 */
export function renderDiff(before: string, after: string, mostLines = 60): string {
  const rows = diffRows(before.split('\n'), after.split('\n'));
  const lines: string[] = [];
  for (const [from, to] of hunks(rows)) {
    const piece = rows.slice(from, to);
    lines.push(`@@ -${range(rows, from, piece, '+')} +${range(rows, from, piece, '-')} @@`, ...piece.map((row) => row.sign + row.text));
  }
  if (lines.length <= mostLines) return lines.join('\n');
  return [...lines.slice(0, mostLines), `… ${lines.length - mostLines} more lines`].join('\n');
}

/** How many lines a change takes away and adds. */
export function countChanges(before: string, after: string): { readonly removed: number; readonly added: number } {
  const rows = diffRows(before.split('\n'), after.split('\n'));
  return { removed: rows.filter((row) => row.sign === '-').length, added: rows.filter((row) => row.sign === '+').length };
}

function diffRows(before: readonly string[], after: readonly string[]): Row[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return [
    ...before.slice(0, head).map((text): Row => ({ sign: ' ', text })),
    ...middleRows(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map((text): Row => ({ sign: ' ', text })),
  ];
}

/** Longest common subsequence by the textbook's table. */
function middleRows(before: readonly string[], after: readonly string[]): Row[] {
  const removed = before.map((text): Row => ({ sign: '-', text }));
  const added = after.map((text): Row => ({ sign: '+', text }));
  if (before.length === 0 || after.length === 0 || before.length * after.length > mostCells) return [...removed, ...added];
  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  const cell = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) table[i * width + j] = before[i] === after[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  }
  const rows: Row[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      rows.push({ sign: ' ', text: before[i] ?? '' });
      i += 1;
      j += 1;
    } else if (cell(i + 1, j) >= cell(i, j + 1)) rows.push(removed[i++] ?? { sign: '-', text: '' });
    else rows.push(added[j++] ?? { sign: '+', text: '' });
  }
  return [...rows, ...removed.slice(i), ...added.slice(j)];
}

/** Changes with the lines around them; neighbours that touch are one piece. Half-open ranges of rows. */
function hunks(rows: readonly Row[]): [number, number][] {
  const found: [number, number][] = [];
  rows.forEach((row, index) => {
    if (row.sign === ' ') return;
    const from = Math.max(0, index - context);
    const to = Math.min(rows.length, index + context + 1);
    const last = found.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else found.push([from, to]);
  });
  return found;
}

/** `start,count` of one side; an empty side names the line before it, as diff does. */
function range(rows: readonly Row[], from: number, piece: readonly Row[], other: '-' | '+'): string {
  const before = rows.slice(0, from).filter((row) => row.sign !== other).length;
  const count = piece.filter((row) => row.sign !== other).length;
  return `${count === 0 ? before : before + 1}${count === 1 ? '' : `,${count}`}`;
}

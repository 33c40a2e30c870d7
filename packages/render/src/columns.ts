// Rows of cells as aligned lines of a given width. Measures and cuts; what a cell means is the caller's affair.
import type { Paint } from './palette.ts';
import { clipMiddle, clipText, padText, textWidth } from './width.ts';

/** One cell: safe text of one line, and the colour it gets after it was measured. */
export interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

/** How one column is set. */
export interface Column {
  readonly align?: 'left' | 'right';
  /** The narrowest this column may get when the line is too wide. Without it the column is never cut. */
  readonly least?: number;
  /** Where a cell that is too wide is cut: at its end, or in the middle as suits addresses. */
  readonly cut?: 'end' | 'middle';
}

const gap = 2;

/**
 * The rows as lines, columns two spaces apart, at most `width` columns wide where the columns allow it. The last column
 * gives way first. No line ends in white space.
 */
export function layOutRows(rows: readonly (readonly Cell[])[], columns: readonly Column[], width: number): string[] {
  const widths = fitWidths(rows, columns, width);
  return rows.map((row) => {
    const last = row.findLastIndex((cell) => cell.text !== '');
    const cells = row.slice(0, last + 1).map((cell, i) => setCell(cell, columns[i] ?? {}, widths[i] ?? 0, i === last));
    return cells.join(' '.repeat(gap)).trimEnd();
  });
}

function fitWidths(rows: readonly (readonly Cell[])[], columns: readonly Column[], width: number): number[] {
  const widths = columns.map((_, i) => Math.max(0, ...rows.map((row) => textWidth(row[i]?.text ?? ''))));
  let excess = widths.reduce((sum, one) => sum + one, 0) + gap * (columns.length - 1) - width;
  for (let i = columns.length - 1; i >= 0 && excess > 0; i -= 1) {
    const now = widths[i] ?? 0;
    const give = Math.min(excess, Math.max(0, now - (columns[i]?.least ?? now)));
    widths[i] = now - give;
    excess -= give;
  }
  return widths;
}

function setCell(cell: Cell, column: Column, width: number, isLast: boolean): string {
  const cut = column.cut === 'middle' ? clipMiddle(cell.text, width) : clipText(cell.text, width);
  const padded = isLast && column.align !== 'right' ? cut : padText(cut, width, column.align);
  if (cell.paint === undefined || cut === '') return padded;
  return padded.replace(cut, () => cell.paint?.(cut) ?? cut);
}

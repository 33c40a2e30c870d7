// From an offset in a text to its line and column, without scanning the text again for each question.

/** Answers "which line and column is this offset?" for one text. */
export interface Lines {
  /** 1-based line and column of a 0-based UTF-16 offset. Offsets past the end give the end. */
  at(offset: number): { readonly line: number; readonly column: number };
  /** The 0-based offset at which a 1-based line starts. Lines past the end give the text's length. */
  startOf(line: number): number;
  /** The text of a 1-based line without its line ending. */
  text(line: number): string;
  /** How many lines the text has; an empty text has one. */
  readonly count: number;
}

/** Indexes the line starts of a text once (LF, CRLF and lone CR end a line). */
export function indexLines(text: string): Lines {
  const starts = [0];
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  const startOf = (line: number): number => starts[line - 1] ?? text.length;
  return {
    count: starts.length,
    startOf,
    text: (line) => text.slice(startOf(line), startOf(line + 1)).replace(/[\r\n]+$/, ''),
    at(offset) {
      const target = Math.min(Math.max(offset, 0), text.length);
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= target) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: target - (starts[low] ?? 0) + 1 };
    },
  };
}

// How deep the quotes and lists of a document could be nested, told before it is parsed: a Markdown parser's time grows with
// the square of the depth. Never says less than the truth; what it calls too deep is refused.

/** The first line that may lie in more containers than the limit; undefined when there is none. 1-based. */
export function findDeepNesting(text: string, limit: number): number | undefined {
  let line = 1;
  for (let start = 0; start <= text.length; line += 1) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    if (depthBound(text, start, stop) > limit) return line;
    start = stop + 1;
  }
  return undefined;
}

/** Every quote takes a `>`; every list level a marker and its blank on this line, or two columns of indentation. */
function depthBound(text: string, start: number, stop: number): number {
  let markers = 0;
  let columns = 0;
  let i = start;
  while (i < stop) {
    const c = text[i];
    if (c === ' ') columns += 1;
    else if (c === '\t') columns += 4;
    else if (c === '>') markers += 1;
    else {
      const width = markerWidth(text, i, stop);
      if (width === 0) break;
      markers += 1;
      i += width - 1;
    }
    i += 1;
  }
  if (markers === 0) return 0;
  return isRule(text, start, stop) ? 0 : markers + Math.floor(Math.max(0, columns - markers) / 2);
}

/** The length of a list marker at this offset, without the blank behind it; 0 when there is none. */
function markerWidth(text: string, offset: number, stop: number): number {
  let i = offset;
  if (/[-+*]/.test(text[i] ?? '')) i += 1;
  else {
    while (i < stop && i - offset < 9 && /\d/.test(text[i] ?? '')) i += 1;
    if (i === offset || !/[.)]/.test(text[i] ?? '')) return 0;
    i += 1;
  }
  return i >= stop || text[i] === ' ' || text[i] === '\t' ? i - offset : 0;
}

/** Whether a line is a thematic break, which looks like many list markers. */
function isRule(text: string, start: number, stop: number): boolean {
  return stop - start > 100 && /^[ \t]*([-*])(?:[ \t]*\1){2,}[ \t]*$/.test(text.slice(start, stop));
}

// Cuts a document into pieces that a Markdown parser reads alike one by one, because its time grows faster than the text.
// A line at column 1 behind a blank line closes every quote, list and paragraph; only an open fence or HTML goes on over it.

/** The offsets at which a piece may begin, in order, without 0. */
export function findChunkStarts(text: string, from: number): readonly number[] {
  const starts: number[] = [];
  let blankBefore = false;
  for (let start = from; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    const blank = text.slice(start, Math.min(stop, start + 200)).trim() === '' && stop - start < 200;
    if (blankBefore && !blank && text[start] !== ' ' && text[start] !== '\t') starts.push(start);
    blankBefore = blank;
    start = stop + 1;
  }
  return starts;
}

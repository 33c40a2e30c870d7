// A cursor over one line that counts columns: a tab goes on to the next multiple of four, and a quote or list may take a part
// of one. Knows blanks only; what the signs mean is the business of block-start.ts and block.ts.

/** How far from this column a tab reaches. (CommonMark 0.31, section 2.2.) */
function tabWidth(column: number): number {
  return 4 - (column % 4);
}

/** A place in a line of a text. Each blank is looked at once, however often it is asked for. */
export class LineCursor {
  readonly text: string;
  /** Offset behind the last character of the line. */
  end = 0;
  /** Offset of the next character; of the tab itself while a part of it is taken. */
  offset = 0;
  column = 0;
  /** Whether a part of the tab at this offset is taken. */
  #partly = false;
  #first = -1;
  #firstColumn = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to the beginning of a line. */
  begin(offset: number): void {
    const end = this.text.indexOf('\n', offset);
    this.end = end === -1 ? this.text.length : end;
    this.offset = offset;
    this.column = 0;
    this.#partly = false;
    this.#first = -1;
  }

  /** Offset of the first character that is no blank. */
  get first(): number {
    if (this.#first >= this.offset) return this.#first;
    let column = this.column;
    let at = this.offset;
    for (; at < this.end; at += 1) {
      const c = this.text[at];
      if (c === ' ') column += 1;
      else if (c === '\t') column += tabWidth(column);
      else break;
    }
    this.#first = at;
    this.#firstColumn = column;
    return at;
  }

  /** How many columns of blanks lie before the first other character. */
  get indent(): number {
    return this.first === -1 ? 0 : this.#firstColumn - this.column;
  }

  /** Whether nothing but blanks is left. */
  get blank(): boolean {
    return this.first >= this.end;
  }

  /** The first character that is no blank; empty at the end. */
  get sign(): string {
    return this.blank ? '' : (this.text[this.first] ?? '');
  }

  /** Takes blanks of so many columns at most. */
  skipColumns(count: number): void {
    let left = count;
    while (left > 0 && this.offset < this.end) {
      const c = this.text[this.offset];
      if (c !== ' ' && c !== '\t') return;
      const width = c === ' ' ? 1 : tabWidth(this.column);
      const taken = Math.min(left, width);
      this.column += taken;
      left -= taken;
      this.#partly = taken < width;
      if (taken === width) this.offset += 1;
    }
  }

  /** Takes the blanks before the first other character, and as many characters of it. None of them may be a tab. */
  skipSigns(count: number): void {
    this.skipColumns(this.indent);
    this.offset += count;
    this.column += count;
  }

  /** What is left of the line; blanks stand for what is left of a tab. */
  rest(): string {
    if (!this.#partly) return this.text.slice(this.offset, this.end);
    return ' '.repeat(tabWidth(this.column)) + this.text.slice(this.offset + 1, this.end);
  }
}

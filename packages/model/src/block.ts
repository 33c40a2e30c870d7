// The blocks of a Markdown text: quotes and list items around headings, paragraphs, code and HTML. Reads lines once, from the
// first to the last, after the method of CommonMark 0.31's appendix, without anything inside a line of text; so its time grows
// with the text and the depth only. Gives what a fence is made of, which the usual parsers do not tell.
import { LineCursor } from './block-line.ts';
import { closesFence, endsHtml, findFence, findHeadingDepth, findHtml, findListMark, findUnderline, isRule } from './block-start.ts';
import { withoutDefinitions } from './definition.ts';
import type { FenceMark, HtmlKind } from './block-start.ts';

/** What blocks stand in: the document itself, a quote or a list item. */
export interface Container {
  readonly kind: 'document' | 'quote' | 'item';
  readonly parent?: Container;
  /** Where its first sign stands. */
  readonly offset: number;
}

/** A block that holds text. */
export interface Leaf {
  readonly kind: 'paragraph' | 'heading' | 'fence' | 'indented' | 'html' | 'rule';
  readonly container: Container;
  /** Its place among the children of its container, from 0. */
  readonly index: number;
  /** Where its first character that is no blank stands. */
  readonly offset: number;
  /** The offset behind its last line. */
  readonly end: number;
  /** Its text without what the containers take: of a paragraph or heading without indentation, of a fence without the fences. */
  readonly text: string;
  /** The level of a heading; 0 for what is none. */
  readonly depth: number;
  /** The signs of a fence. */
  readonly mark: FenceMark | undefined;
  /** Whether a fence has its closing line. */
  readonly closed: boolean;
}

/** The blocks of a text in their order. */
export interface Blocks {
  readonly leaves: readonly Leaf[];
  /** The beginning of the first line that lies in more containers than allowed. Nothing behind it was read. */
  readonly tooDeep?: number;
}

interface OpenContainer extends Container {
  /** For items: how many columns a line must be indented to belong to it. */
  readonly columns: number;
  children: number;
}

/** A block that is being read. */
interface OpenLeaf {
  kind: Leaf['kind'];
  readonly container: OpenContainer;
  readonly index: number;
  readonly offset: number;
  end: number;
  lines: string[];
  depth: number;
  mark: FenceMark | undefined;
  closed: boolean;
  /** How many columns a fence is indented. */
  columns: number;
  html: HtmlKind | undefined;
}

/** Reads the blocks of a text with LF line ends, from an offset on. Never throws. */
export function readBlocks(text: string, from: number, deepest: number): Blocks {
  const reader = new BlockReader(text, deepest);
  for (let start = from; start < text.length; start = reader.lineEnd + 1) {
    if (!reader.line(start)) return { leaves: reader.leaves, tooDeep: start };
  }
  reader.close();
  return { leaves: reader.leaves };
}

class BlockReader {
  readonly leaves: Leaf[] = [];
  readonly #deepest: number;
  readonly #cursor: LineCursor;
  /** From the document to the innermost open container. */
  readonly #open: OpenContainer[] = [{ kind: 'document', offset: 0, columns: 0, children: 0 }];
  /** The open block in the innermost container. */
  #leaf: OpenLeaf | undefined;
  /** How many containers the present line belongs to; undefined when those that it does not belong to are closed. */
  #kept: number | undefined;

  constructor(text: string, deepest: number) {
    this.#cursor = new LineCursor(text);
    this.#deepest = deepest;
  }

  get lineEnd(): number {
    return this.#cursor.end;
  }

  /** Reads the line at an offset; false when it is nested too deeply. */
  line(offset: number): boolean {
    const cursor = this.#cursor;
    cursor.begin(offset);
    let kept = 1;
    while (kept < this.#open.length && this.#continues(this.#open[kept])) kept += 1;
    this.#kept = kept;
    if (kept === this.#open.length && this.#continueLeaf()) return true;
    while (!cursor.blank) {
      if (this.#startLeaf()) return true;
      if (!this.#startContainer()) break;
      if (this.#open.length - 1 > this.#deepest) return false;
    }
    if (cursor.blank) this.#closeRest();
    else if (this.#leaf?.kind === 'paragraph') this.#add(this.#leaf, cursor.text.slice(cursor.first, cursor.end));
    else this.#begin('paragraph', cursor.text.slice(cursor.first, cursor.end));
    return true;
  }

  /** Ends the document. */
  close(): void {
    this.#closeLeaf();
  }

  /** Whether the present line belongs to an open container; takes the container's signs. */
  #continues(container: OpenContainer | undefined): boolean {
    const cursor = this.#cursor;
    if (container?.kind === 'quote') {
      if (cursor.indent > 3 || cursor.sign !== '>') return false;
      cursor.skipSigns(1);
      cursor.skipColumns(1);
      return true;
    }
    if (container === undefined) return false;
    // An item may begin with one blank line, not with two.
    if (cursor.blank) {
      if (container.children === 0) return false;
      cursor.skipColumns(cursor.indent);
      return true;
    }
    if (cursor.indent < container.columns) return false;
    cursor.skipColumns(container.columns);
    return true;
  }

  /** Whether the present line is one more of the open block, and nothing else. Ends a block that cannot go on. */
  #continueLeaf(): boolean {
    const cursor = this.#cursor;
    const leaf = this.#leaf;
    if (leaf === undefined) return false;
    if (leaf.kind === 'fence') return this.#continueFence(leaf);
    if (leaf.kind === 'indented') {
      if (!cursor.blank && cursor.indent < 4) this.#closeLeaf();
      else {
        cursor.skipColumns(4);
        leaf.lines.push(cursor.rest());
        if (!cursor.blank) leaf.end = cursor.end;
      }
      return this.#leaf !== undefined;
    }
    if (leaf.kind === 'html') {
      if (cursor.blank && (leaf.html ?? 0) >= 6) this.#closeLeaf();
      else {
        this.#add(leaf, cursor.rest());
        this.#endHtml(leaf);
        return true;
      }
    } else if (cursor.blank) this.#closeLeaf();
    return false;
  }

  #continueFence(leaf: OpenLeaf): boolean {
    const cursor = this.#cursor;
    if (leaf.mark !== undefined && cursor.indent < 4 && closesFence(cursor.text, cursor.first, cursor.end, leaf.mark)) {
      leaf.end = cursor.end;
      leaf.closed = true;
      this.#closeLeaf();
      return true;
    }
    cursor.skipColumns(leaf.columns);
    this.#add(leaf, cursor.rest());
    return true;
  }

  /** Begins the block that the rest of the line is; false when it is text or begins with a container. */
  #startLeaf(): boolean {
    const cursor = this.#cursor;
    const { text, first, end, sign } = cursor;
    if (cursor.indent >= 4) {
      if (this.#leaf?.kind === 'paragraph') return false;
      cursor.skipColumns(4);
      this.#begin('indented', cursor.rest());
      return true;
    }
    const paragraph = this.#kept === this.#open.length && this.#leaf?.kind === 'paragraph' ? this.#leaf : undefined;
    const depth = findHeadingDepth(text, first, end);
    if (depth !== undefined) {
      this.#begin('heading', headingLine(text.slice(first + depth, end))).depth = depth;
      this.#closeLeaf();
      return true;
    }
    const mark = findFence(text, first, end);
    if (mark !== undefined) {
      const fence = this.#begin('fence');
      fence.mark = mark;
      fence.columns = cursor.indent;
      return true;
    }
    const html = sign === '<' ? findHtml(text, first, paragraph !== undefined) : undefined;
    if (html !== undefined) {
      const block = this.#begin('html', cursor.rest());
      block.html = html;
      this.#endHtml(block);
      return true;
    }
    if (paragraph !== undefined && this.#underline(paragraph)) return true;
    if (!isRule(text, first, end)) return false;
    this.#begin('rule');
    this.#closeLeaf();
    return true;
  }

  /** Makes a heading of the paragraph above, when the line says so. */
  #underline(paragraph: OpenLeaf): boolean {
    const { text, first, end } = this.#cursor;
    const depth = findUnderline(text, first, end);
    if (depth === undefined) return false;
    const content = withoutDefinitions(joinParagraph(paragraph.lines));
    if (content === '') return false;
    paragraph.kind = 'heading';
    paragraph.lines = [content];
    paragraph.depth = depth;
    paragraph.end = end;
    this.#closeLeaf();
    return true;
  }

  /** Enters the quote or list item that the rest of the line begins with; false when there is none. */
  #startContainer(): boolean {
    const cursor = this.#cursor;
    const { indent, first, sign } = cursor;
    if (indent > 3) return false;
    if (sign === '>') {
      cursor.skipSigns(1);
      cursor.skipColumns(1);
      this.#enter('quote', first, 0);
      return true;
    }
    const mark = findListMark(cursor.text, first, cursor.end);
    if (mark === undefined) return false;
    const inParagraph = this.#kept === this.#open.length && this.#leaf?.kind === 'paragraph';
    const empty = isBlank(cursor.text.slice(first + mark.width, cursor.end));
    if (inParagraph && (empty || !mark.interrupts)) return false;
    cursor.skipSigns(mark.width);
    // Five blanks or more belong to code inside the item, all but one.
    const gap = cursor.blank || cursor.indent > 4 ? 1 : cursor.indent;
    cursor.skipColumns(gap);
    this.#enter('item', first, indent + mark.width + gap);
    return true;
  }

  #enter(kind: 'quote' | 'item', offset: number, columns: number): void {
    this.#closeRest();
    const parent = this.#innermost();
    parent.children += 1;
    this.#open.push({ kind, offset, columns, parent, children: 0 });
  }

  #begin(kind: Leaf['kind'], ...lines: string[]): OpenLeaf {
    this.#closeRest();
    const container = this.#innermost();
    const { first: offset, end } = this.#cursor;
    const leaf: OpenLeaf = { kind, container, index: container.children, offset, end, lines, depth: 0, mark: undefined, closed: false, columns: 0, html: undefined };
    container.children += 1;
    this.#leaf = leaf;
    return leaf;
  }

  #innermost(): OpenContainer {
    return this.#open.at(-1) ?? { kind: 'document', offset: 0, columns: 0, children: 0 };
  }

  #add(leaf: OpenLeaf, line: string): void {
    leaf.lines.push(line);
    leaf.end = this.#cursor.end;
  }

  #endHtml(leaf: OpenLeaf): void {
    if (leaf.html !== undefined && endsHtml(leaf.lines.at(-1) ?? '', leaf.html)) this.#closeLeaf();
  }

  /** Closes the block and the containers that the present line does not belong to. Once a line; afterwards only the block. */
  #closeRest(): void {
    this.#closeLeaf();
    if (this.#kept !== undefined) this.#open.length = this.#kept;
    this.#kept = undefined;
  }

  #closeLeaf(): void {
    const leaf = this.#leaf;
    if (leaf === undefined) return;
    this.#leaf = undefined;
    const { kind, container, index, offset, end, lines, depth, mark, closed } = leaf;
    if (kind === 'indented') while (isBlank(lines.at(-1) ?? 'x')) lines.pop();
    const text = kind === 'paragraph' ? joinParagraph(lines) : lines.join('\n');
    this.leaves.push({ kind, container, index, offset, end, text: text.replaceAll('\0', '\uFFFD'), depth, mark, closed });
  }
}

function isBlank(line: string): boolean {
  return !/[^ \t]/.test(line);
}

function isBlankSign(c: string | undefined): boolean {
  return c === ' ' || c === '\t';
}

function trimBlanks(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && isBlankSign(line[start])) start += 1;
  while (end > start && isBlankSign(line[end - 1])) end -= 1;
  return line.slice(start, end);
}

function joinParagraph(lines: readonly string[]): string {
  return lines.map(trimBlanks).join('\n');
}

/** The text of a heading behind its signs, without blanks around it and without closing signs. */
function headingLine(line: string): string {
  const text = trimBlanks(line);
  const closing = /(?:^|[ \t])#+$/.exec(text);
  return closing === null ? text : trimBlanks(text.slice(0, closing.index));
}

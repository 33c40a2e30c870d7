// The blocks of a document in which something is referred to or can be, put one below the other without the quotes and lists
// around them: the parser of inline Markdown takes ten times as long as that of blocks, and most blocks are code or plain words.
import { readBlocks, type Leaf } from '@runbook/model';

/** A block that matters to links and anchors, in the order of the document. */
export type ProsePart =
  /** A heading of plain words. */
  | { readonly kind: 'heading'; readonly text: string }
  /** A block of HTML; offsets are those of the document. */
  | { readonly kind: 'html'; readonly offset: number; readonly end: number }
  /** A piece of the prose, up to this offset of it. */
  | { readonly kind: 'piece'; readonly end: number };

/** Markdown without containers, and where it comes from. */
export interface Prose {
  readonly text: string;
  /** The offset in the document of an offset in the text. */
  originOf(offset: number): number;
}

/** What a document has for the reader of links. */
export interface ReadProse {
  readonly parts: readonly ProsePart[];
  readonly prose: Prose;
  /** Lines at which a block begins that has more brackets than are read: the time grows with their square. */
  readonly unread: readonly number[];
}

const mostBrackets = 1000;
/** As deep as `parseRunbook` reads. (DESIGN §3.) */
const deepestNesting = 100;
/** Further lines of a paragraph are indented so far that they cannot begin a block of their own. (CommonMark 0.31 §4.8.) */
const indent = '    ';

/** Reads the blocks of a text with LF line ends, from an offset on. Never throws. */
export function readProse(text: string, from: number): ReadProse {
  const parts: ProsePart[] = [];
  const unread: number[] = [];
  const writer = new ProseWriter();
  for (const leaf of readBlocks(text, from, deepestNesting).leaves) {
    if (leaf.kind === 'html') parts.push({ kind: 'html', offset: leaf.offset, end: leaf.end });
    else if (leaf.kind !== 'paragraph' && leaf.kind !== 'heading') continue;
    else if (leaf.text.split('[').length - 1 > mostBrackets) unread.push(lineAt(text, leaf.offset));
    else if (leaf.kind === 'heading' && isPlain(leaf.text)) parts.push({ kind: 'heading', text: leaf.text });
    else if (leaf.kind === 'heading' || /[[<]|:\/\//.test(leaf.text)) parts.push({ kind: 'piece', end: writer.add(leaf, text) });
  }
  return { parts, prose: writer.prose(), unread };
}

/** Whether a heading reads as it is written, underscores apart. */
function isPlain(heading: string): boolean {
  return !/[[\]<&`_\\\n]|:\/\//.test(heading);
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

class ProseWriter {
  #text = '';
  /** For each line written: where its words begin here, and in the document. */
  readonly #here: number[] = [];
  readonly #there: number[] = [];

  /** Adds a paragraph or heading; gives the end of the text. */
  add(leaf: Leaf, document: string): number {
    const { kind } = leaf;
    const raw = document.slice(leaf.offset, leaf.end).split('\n');
    const underlined = kind === 'heading' && raw.length > 1;
    if (underlined) raw.pop();
    const words = leaf.text.split('\n');
    // definitions above the words of a heading that is underlined are no part of its text
    const defined = underlined ? raw.length - words.length : 0;
    let start = leaf.offset;
    raw.forEach((line, index) => {
      const trimmed = line.replace(/[ \t]+$/, '');
      const content = index < defined ? trimmed.replace(/^[ \t>]+/, '') : (words[index - defined] ?? '');
      const at = kind === 'heading' && !underlined ? line.indexOf(content, leaf.depth) : trimmed.length - content.length;
      if (index === 0 || index === defined) this.#text += kind === 'heading' && !underlined ? '# ' : '';
      else this.#text += indent;
      this.#here.push(this.#text.length);
      this.#there.push(start + Math.max(0, at));
      this.#text += `${content}${/ {2}$/.test(line) ? '  ' : ''}\n`;
      start += line.length + 1;
    });
    this.#text += underlined ? '===\n\n' : '\n';
    return this.#text.length;
  }

  prose(): Prose {
    const [here, there] = [this.#here, this.#there];
    return {
      text: this.#text,
      originOf: (offset) => {
        let low = 0;
        let high = here.length;
        while (high - low > 1) {
          const middle = (low + high) >> 1;
          if ((here[middle] ?? 0) <= offset) low = middle;
          else high = middle;
        }
        return (there[low] ?? 0) + offset - (here[low] ?? 0);
      },
    };
  }
}

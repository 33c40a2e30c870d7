// The links of a paragraph that is plain: words, code between single backticks, links and images with a simple target. Most
// paragraphs are, and reading them so takes a hundredth of the time. What is not plain to the last sign is left to a real parser.

/** A piece of a plain paragraph. Offsets are those of its text. */
export type PlainPiece =
  | { readonly kind: 'words'; readonly text: string; readonly offset: number }
  | { readonly kind: 'code'; readonly text: string }
  /** A link has words, an image has none. */
  | { readonly kind: 'link'; readonly text: string; readonly target: string; readonly offset: number };

/**
 * Each sign of a plain text belongs to one of these, tried from left to right (CommonMark 0.31 §6.1, §6.3, §6.4, §6.5): words and
 * the box of a task; code; a link or an image; an address between angle brackets. Which one it is the first sign says, so that
 * nothing is read twice.
 */
const plainPiece = /((?:[^[\]<>`\\&!]+|!(?!\[)|\[ \](?![([]))+)|(?<!`)`([^`]+)`(?!`)|(!?)\[([^[\]<>`\\&!]*)\]\(([^()\s<>\\&]*)\)|<([a-z][a-z0-9+.-]{1,31}:[^\s<>\\&]*)>/giy;

/** Reads a text that is plain; undefined when it is not. */
export function readPlainText(text: string): readonly PlainPiece[] | undefined {
  const pieces: PlainPiece[] = [];
  plainPiece.lastIndex = 0;
  for (let offset = 0; offset < text.length; offset = plainPiece.lastIndex) {
    const found = plainPiece.exec(text);
    if (found === null) return undefined;
    const [, words, code, bang, label, target, address] = found;
    if (words !== undefined) pieces.push({ kind: 'words', text: words, offset });
    else if (code !== undefined) pieces.push({ kind: 'code', text: codeText(code) });
    else pieces.push({ kind: 'link', text: bang === '!' ? '' : (label ?? address ?? ''), target: target ?? address ?? '', offset });
  }
  return pieces;
}

/** What code reads as: line ends are blanks, and one blank on both sides is no part of it. (CommonMark 0.31 §6.1.) */
function codeText(code: string): string {
  const line = code.replaceAll('\n', ' ');
  return /^ .*[^ ].* $/.test(line) ? line.slice(1, -1) : line;
}

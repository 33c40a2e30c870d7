// Whether a block still says what the file says that it quotes. Text has to be the same; YAML and JSON may be an excerpt:
// every key, value and list item of the block has to be in the file, lists in order. Pure: the file's text is handed in.
import { refreshExcerpt } from './refresh.ts';
import { renderDiff } from './line-diff.ts';
import { selectText } from './selection.ts';
import type { Selection } from './selection.ts';
import { findMismatch } from './subset.ts';
import { parseStream, valueOf } from './yaml-stream.ts';

/** What a comparison found. `fresh` is the code the block should hold; absent where only a person can tell. */
export type Drift =
  | { readonly kind: 'same' }
  | { readonly kind: 'absent'; readonly message: string }
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'drift'; readonly message: string; readonly diff: string; readonly fresh?: string };

/** The part of a block that is compared. */
export interface QuotedCode {
  readonly language: string;
  /** With LF line ends and without one behind the last line. */
  readonly source: string;
}

const structured: ReadonlySet<string> = new Set(['yaml', 'yml', 'json']);

/** Compares a block with the text of its file. Never throws. */
export function compareQuote(block: QuotedCode, fileText: string, selection: Selection): Drift {
  const text = fileText.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  const isStructured = structured.has(block.language);
  const selected = selectText(text, selection, isStructured ? 'source' : 'value');
  if (selected.kind !== 'text') return selected;
  const flush = moveLeft(selected.text);
  if (block.source === selected.text || block.source === flush) return { kind: 'same' };
  const wanted = selection.kind === 'lines' && moveLeft(block.source) === block.source ? flush : selected.text;
  const excerpt = isStructured ? compareExcerpt(block, moveLeft(wanted)) : undefined;
  if (excerpt?.mismatch === undefined && excerpt !== undefined) return { kind: 'same' };
  // An excerpt of a whole file is never blown up to all of it.
  const fresh = excerpt === undefined ? wanted : (excerpt.fresh ?? (selection.kind === 'whole' ? undefined : wanted));
  const size = selection.kind === 'whole' && !isStructured && block.source.length * 2 < text.length;
  return {
    kind: 'drift',
    message: excerpt?.mismatch ?? (size ? 'it is not the whole file; name the lines it quotes with #L1-L5' : 'its text is another one'),
    diff: fresh === undefined ? '' : renderDiff(block.source, fresh),
    ...(fresh === undefined ? {} : { fresh }),
  };
}

interface Excerpt {
  /** Undefined when the block lies within the file. */
  readonly mismatch: string | undefined;
  readonly fresh?: string;
}

/** Compares by value; undefined where one of the two is no data by itself, so that only its text can be compared. */
function compareExcerpt(block: QuotedCode, wanted: string): Excerpt | undefined {
  const part = valuesOf(block.source);
  const whole = valuesOf(wanted);
  if (part === undefined || whole === undefined || part.every((value) => value === null)) return undefined;
  const mismatch = part.length === 1 && whole.length === 1 ? findMismatch(part[0], whole[0]) : findMismatch(part, whole);
  if (mismatch === undefined) return { mismatch };
  const fresh = refreshExcerpt(block.source, wanted);
  const fits = fresh !== undefined && (block.language !== 'json' || isJson(fresh) || !isJson(block.source));
  return { mismatch, ...(fits ? { fresh } : {}) };
}

function valuesOf(text: string): readonly unknown[] | undefined {
  const values = parseStream(text)?.map(valueOf);
  return values === undefined || values.includes(undefined) ? undefined : values.map((read) => read?.value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The lines without the indentation they all share. */
function moveLeft(text: string): string {
  const lines = text.split('\n');
  const shared = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0));
  return shared === 0 || shared === Infinity ? text : lines.map((line) => line.slice(Math.min(shared, line.search(/\S|$/)))).join('\n');
}

// Brings a YAML or JSON excerpt up to date in place: values that changed are replaced, what is gone is removed, and all the
// rest, comments and style included, stays. Only an edit that is proven to fit the source afterwards is given away.
import { isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Pair, Range } from 'yaml';
import { alignItems, findMismatch } from './subset.ts';
import { nodeText } from './selection.ts';
import { parseStream, valueOf } from './yaml-stream.ts';
import type { YamlDocument, YamlNode } from './yaml-stream.ts';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Both texts, their documents, and the edits so far. */
interface Work {
  readonly block: string;
  readonly source: string;
  readonly blockDocument: YamlDocument;
  readonly sourceDocument: YamlDocument;
  readonly edits: Edit[];
}

/** The excerpt with the values of the source; undefined when no such edit is certain. Both texts have LF line ends. */
export function refreshExcerpt(block: string, source: string): string | undefined {
  const [blockDocument, ...furtherBlocks] = parseStream(block) ?? [];
  const [sourceDocument, ...furtherSources] = parseStream(source) ?? [];
  if (blockDocument === undefined || sourceDocument === undefined || furtherBlocks.length + furtherSources.length > 0) return undefined;
  const work: Work = { block, source, blockDocument, sourceDocument, edits: [] };
  if (blockDocument.contents === null || sourceDocument.contents === null || !visit(work, blockDocument.contents, sourceDocument.contents, true)) return undefined;
  const fresh = applyEdits(block, work.edits);
  return lies(fresh, sourceDocument) ? fresh : undefined;
}

function lies(fresh: string, sourceDocument: YamlDocument): boolean {
  const documents = parseStream(fresh);
  const part = documents?.length === 1 && documents[0] !== undefined ? valueOf(documents[0]) : undefined;
  const whole = valueOf(sourceDocument);
  return part !== undefined && part.value !== null && whole !== undefined && findMismatch(part.value, whole.value) === undefined;
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const edit of [...edits].sort((a, b) => b.start - a.start)) result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  return result;
}

const options = { mapAsMap: true, maxAliasCount: 100 };

/**
 * Notes the edits that make a node of the block lie within one of the source; false when there is no certain way.
 * @param isRoot the excerpt as a whole, which is never blown up to all of the source.
 */
function visit(work: Work, part: YamlNode, whole: YamlNode, isRoot = false): boolean {
  const values: readonly unknown[] = [part.toJS(work.blockDocument, options), whole.toJS(work.sourceDocument, options)];
  if (findMismatch(values[0], values[1]) === undefined) return true;
  const before = work.edits.length;
  if (isMap(part) && isMap(whole) && visitPairs(work, part.items, whole.items)) return true;
  work.edits.length = before;
  if (isSeq(part) && isSeq(whole) && visitItems(work, part.items as YamlNode[], whole.items as YamlNode[], values as [unknown[], unknown[]])) return true;
  work.edits.length = before;
  return !(isRoot && (isMap(whole) || isSeq(whole))) && replace(work, part, whole);
}

function visitPairs(work: Work, parts: readonly Pair[], wholes: readonly Pair[]): boolean {
  const keyOf = (pair: Pair): string | undefined => (isScalar(pair.key) ? String(pair.key.value) : undefined);
  let left = parts.length;
  return parts.every((pair, index) => {
    const other = wholes.find((candidate) => keyOf(candidate) !== undefined && keyOf(candidate) === keyOf(pair));
    if (other === undefined) {
      left -= 1;
      return left > 0 && removePair(work, pair, parts[index + 1]);
    }
    return isNode(pair.value) && isNode(other.value) ? visit(work, pair.value, other.value) : pair.value === other.value;
  });
}

/** Takes the lines of a pair of a block map away. A pair that shares its line with something else is not touched. */
function removePair(work: Work, pair: Pair, next: Pair | undefined): boolean {
  const key = rangeOf(pair.key);
  if (key === undefined) return false;
  const start = lineStart(work.block, key[0]);
  if (work.block.slice(start, key[0]).trim() !== '') return false;
  const last = (rangeOf(pair.value) ?? key)[1];
  const nextKey = rangeOf(next?.key);
  const following = nextKey === undefined ? undefined : lineStart(work.block, nextKey[0]);
  if (following !== undefined && following <= start) return false;
  const lineEnd = work.block.indexOf('\n', Math.max(start, last - 1));
  const end = following ?? (lineEnd === -1 ? work.block.length : lineEnd + 1);
  // At the end of the block the line feed before goes, for there is none behind.
  work.edits.push(end === work.block.length && start > 0 ? { start: start - 1, end, text: '' } : { start, end, text: '' });
  return true;
}

function rangeOf(node: unknown): Range | undefined {
  return isNode(node) ? (node.range ?? undefined) : undefined;
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Items that lie within the source stay; the others are paired with what stands between their neighbours. */
function visitItems(work: Work, parts: readonly YamlNode[], wholes: readonly YamlNode[], [partValues, wholeValues]: [unknown[], unknown[]]): boolean {
  const aligned = alignItems(partValues, wholeValues);
  let floor = -1;
  return parts.every((part, index) => {
    const found = aligned[index];
    if (found !== undefined) {
      floor = found;
      return true;
    }
    const ceiling = aligned.slice(index + 1).find((place) => place !== undefined) ?? wholes.length;
    const choice = likeliest(partValues[index], wholeValues, floor + 1, ceiling, parts.length === wholes.length ? index : undefined);
    const whole = choice === undefined ? undefined : wholes[choice];
    if (choice === undefined || !isNode(part) || !isNode(whole)) return false;
    floor = choice;
    return visit(work, part, whole);
  });
}

/** The one item between two places that agrees in the most keys; of lists of equal length the one at the same place. */
function likeliest(part: unknown, wholes: readonly unknown[], from: number, to: number, samePlace: number | undefined): number | undefined {
  if (samePlace !== undefined && samePlace >= from && samePlace < to) return samePlace;
  if (!(part instanceof Map)) return undefined;
  let best: number | undefined;
  let most = 0;
  for (let i = from; i < to; i += 1) {
    const whole = wholes[i];
    if (!(whole instanceof Map)) continue;
    const score = [...(part as Map<unknown, unknown>)].filter(([key, value]) => whole.has(key) && findMismatch(value, whole.get(key)) === undefined).length;
    if (score > most) best = i;
    else if (score === most) best = undefined; // two are as good: it would be a guess
    most = Math.max(most, score);
  }
  return best;
}

/** Puts the text of a source's node in the place of one of the block, indented as it has to be there. */
function replace(work: Work, part: YamlNode, whole: YamlNode): boolean {
  if (part.range == null || whole.range == null) return false;
  const { block, source } = work;
  const start = part.range[0];
  const end = start + block.slice(start, part.range[1]).trimEnd().length;
  const column = start - lineStart(block, start);
  const indent = /^[ ]*/.exec(block.slice(start - column))?.[0].length ?? 0;
  const isBlock = (isMap(whole) || isSeq(whole)) && whole.flow !== true;
  const text = isBlock ? nodeText(source, whole.range[0], whole.range[1]) : source.slice(whole.range[0], whole.range[1]).trimEnd();
  const [first = '', ...rest] = text.split('\n');
  const least = Math.min(...rest.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  const ownLine = column === indent || /^[- ]*$/.test(block.slice(start - column, start));
  const margin = ' '.repeat(ownLine && isBlock ? column : indent + 2);
  const moved = rest.map((line) => (line.trim() === '' ? '' : margin + line.slice(isBlock ? 0 : least)));
  const below = isBlock && !ownLine ? `\n${margin}${first}` : first;
  const gap = below === first ? 0 : (/ *$/.exec(block.slice(0, start))?.[0].length ?? 0);
  work.edits.push({ start: start - gap, end, text: [below, ...moved].join('\n') });
  return true;
}

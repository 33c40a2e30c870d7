// From one block or list item to a draft of a step: language, attributes with their places, kind and host. Judges the block
// by itself; nothing here looks at other steps.
import { createHash } from 'node:crypto';
import { nearest } from '@runbook/problem';
import type { Lines } from '@runbook/problem';
import { attributeKeys, findExpectation, isAttributeKey, isInertKey, mayStandOn, parseBoolean } from './attribute-key.ts';
import { parseAttributeGroup } from './attribute-text.ts';
import { parseCondition } from './condition.ts';
import { parseFenceInfo } from './fence-info.ts';
import { didYouMean } from './problem-code.ts';
import { locateInStep } from './step-place.ts';
import type { AttributeHost } from './attribute-key.ts';
import type { AttributeEntry, AttributeFault } from './attribute-text.ts';
import type { Complain, Spot } from './problem-code.ts';
import type { StepKind } from './runbook.ts';
import type { Comment, Fence, Item } from './structure.ts';

/** A block that will be a step or data, with its checked attributes. */
export interface Draft {
  readonly kind: StepKind | 'data';
  readonly language: string;
  readonly heading: readonly string[];
  readonly spot: Spot;
  readonly codeLine: number;
  readonly source: string;
  /** As written, after unquoting; faulty ones are left out. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Where a key stands; the block itself when it is absent. */
  spotOf(key: string): Spot;
  /** Where an offset of the source stands in the document. */
  spotAt(offset: number): Spot;
  /** SHA-256 (hex) of kind, language and source. */
  readonly hash: string;
  readonly target?: string;
}

const shells: ReadonlySet<string> = new Set(['bash', 'sh', 'shell', 'zsh']);
const scripts: ReadonlySet<string> = new Set(['js', 'mjs', 'ts', 'javascript', 'typescript']);

/** Drafts a fenced block. Never throws. */
export function draftFence(fence: Fence, lines: Lines, complain: Complain): Draft {
  const info = parseFenceInfo(fence.info);
  const at = (offset: number): Spot => lines.at(fence.infoOffset + offset);
  const spot = lines.at(fence.offset);
  tellFaults(info.faults, at, complain);
  const raw = keepKnown(info.entries, at, complain);
  const kind = fenceKind(info.language, raw);
  const host: AttributeHost = kind === 'data' || kind === 'file' ? kind : 'run';
  const attributes = keepFitting(raw, host, info.language, at, complain);
  return finish({ kind, language: info.language, heading: fence.heading, spot, codeLine: spot.line + 1, source: fence.value }, attributes, at, lines);
}

function fenceKind(language: string, raw: ReadonlyMap<string, AttributeEntry>): StepKind | 'data' {
  const runs = shells.has(language) || scripts.has(language);
  if (parseBoolean(raw.get('ignore')?.value ?? '') === true) return 'data';
  if ((raw.get('interpreter')?.value ?? '').trim() !== '') return 'shell';
  if (runs) return shells.has(language) ? 'shell' : 'script';
  return raw.has('file') ? 'file' : 'data';
}

/** Tells a comment with attributes that belongs to no step, so that nobody believes in them. Never throws. */
export function checkComment(comment: Comment, lines: Lines, complain: Complain): void {
  const brace = comment.source.indexOf('{');
  if (!parseAttributeGroup(comment.source, brace).entries.some((entry) => isAttributeKey(entry.key) || entry.key === 'include')) return;
  complain('attributes-to-nowhere', lines.at(comment.offset + brace), 'these attributes belong to no step', 'Write those of a block behind its language, those of a "[ ]" item at its end.');
}

/** Drafts a list item: a manual step, an include, or undefined for an ordinary item. Never throws. */
export function draftItem(item: Item, lines: Lines, complain: Complain): Draft | undefined {
  const comment = findComment(item);
  const base = item.sourceOffset + (comment?.offset ?? 0);
  const at = (offset: number): Spot => lines.at(base + offset);
  const parsed = comment === undefined ? undefined : parseAttributeGroup(comment.text, 0);
  const task = /^\[[ xX]\]\s+(?=\S)/.exec(item.text);
  const cut = comment === undefined || !item.text.trimEnd().endsWith('-->') ? item.text.length : item.text.lastIndexOf('<!--');
  const text = item.text.slice(task?.[0].length ?? 0, cut).trim();
  if (task !== null && /<!--[ \t]*\{/.test(text)) complain('attributes-to-nowhere', lines.at(item.sourceOffset + item.source.indexOf('<!--')), 'these attributes do not stand at the end of their item', 'Move the comment to the end.');
  const link = /^\[[^[\]]{0,300}\]\(([^()\s]{1,1000})\)$/.exec(text)?.[1];
  const include = task === null && parsed?.entries.some((entry) => entry.key === 'include') === true;
  if (task === null && !include) {
    if (parsed?.entries.some((entry) => isAttributeKey(entry.key)) === true) complain('attributes-to-nowhere', at(0), 'these attributes stand on an item that is no step', 'Begin the item with "[ ] ", or make it a link with {include}.');
    return undefined;
  }
  if (parsed !== undefined) tellFaults(parsed.faults, at, complain);
  if (include && link === undefined) complain('attributes-to-nowhere', at(0), 'include stands on an item that is not just a link', 'Write - [title](other.md) <!-- {include} -->.');
  const kind = include ? 'include' : 'manual';
  const entries = (parsed?.entries ?? []).filter((entry) => !(include && entry.key === 'include'));
  const attributes = keepFitting(keepKnown(entries, at, complain), kind, '', at, complain);
  const spot = lines.at(item.offset);
  return finish({ kind, language: '', heading: item.heading, spot, codeLine: spot.line, source: text, ...(include && link !== undefined ? { target: link } : {}) }, attributes, at, lines);
}

/** The braces inside an HTML comment at the end of an item, with their offset in its source. */
function findComment(item: Item): { text: string; offset: number } | undefined {
  const start = item.source.lastIndexOf('<!--');
  const end = item.source.trimEnd();
  if (start === -1 || !end.endsWith('-->')) return undefined;
  const inner = end.slice(start + 4, -3);
  const brace = inner.search(/[^ \t\n>]/);
  return inner[brace] === '{' ? { text: inner.slice(brace).trimEnd(), offset: start + 4 + brace } : undefined;
}

function tellFaults(faults: readonly AttributeFault[], at: (offset: number) => Spot, complain: Complain): void {
  for (const fault of faults) complain('bad-attributes', at(fault.offset), fault.message, fault.hint);
}

function keepKnown(entries: readonly AttributeEntry[], at: (offset: number) => Spot, complain: Complain): ReadonlyMap<string, AttributeEntry> {
  const kept = new Map<string, AttributeEntry>();
  for (const entry of entries) {
    if (kept.has(entry.key)) complain('duplicate-attribute', at(entry.offset), `"${entry.key}" is given twice`, 'Keep one of them.');
    else if (!isAttributeKey(entry.key) && !isInertKey(entry.key)) complain('unknown-attribute', at(entry.offset), `${JSON.stringify(entry.key.slice(0, 60))} is no attribute`, didYouMean(nearest(entry.key, attributeKeys), `There are ${attributeKeys.join(', ')}.`));
    else if (entry.value === undefined) complain('bad-attributes', at(entry.offset), `"${entry.key}" has no value`, `Write ${entry.key}=${entry.key === 'background' || entry.key === 'interactive' ? 'true' : 'value'}.`);
    else kept.set(entry.key, entry);
  }
  return kept;
}

const hostNames: Readonly<Record<AttributeHost, string>> = { run: 'a block that runs', manual: 'a manual step', include: 'an include', file: 'a file block', data: 'a block that does not run' };

function keepFitting(raw: ReadonlyMap<string, AttributeEntry>, host: AttributeHost, language: string, at: (offset: number) => Spot, complain: Complain): ReadonlyMap<string, AttributeEntry> {
  const kept = new Map<string, AttributeEntry>();
  for (const [key, entry] of raw) {
    const expected = findExpectation(key, entry.value ?? '');
    if (isAttributeKey(key) && !mayStandOn(key, host)) {
      const hint = host === 'data' && language !== '' ? `"${language}" is data. Use a language that runs, or name an interpreter.` : host === 'run' && (key === 'expect' || key === 'file' || key === 'source') ? 'Use a language that does not run, for example text, or say ignore=true.' : 'Leave it out.';
      complain('attribute-not-here', at(entry.offset), `"${key}" has no meaning on ${hostNames[host]}`, hint);
    } else if (expected !== undefined) tellValue(key, entry, expected, at, complain);
    else kept.set(key, entry);
  }
  return kept;
}

function tellValue(key: string, entry: AttributeEntry, expected: string, at: (offset: number) => Spot, complain: Complain): void {
  const value = entry.value ?? '';
  const said = `"${key}" is ${JSON.stringify(value.slice(0, 80))}`;
  const condition = key === 'if' ? parseCondition(value) : undefined;
  if (condition?.kind === 'problem') complain('bad-condition', at(entry.valueOffset), `${said}, which cannot be read: ${condition.message}`, 'Correct the expression.');
  else complain('bad-attribute-value', at(entry.valueOffset), `${said}; expected ${expected}`, 'Correct the value.');
}

type Core = Pick<Draft, 'kind' | 'language' | 'heading' | 'spot' | 'codeLine' | 'source'> & { readonly target?: string };

function finish(core: Core, attributes: ReadonlyMap<string, AttributeEntry>, at: (offset: number) => Spot, lines: Lines): Draft {
  return {
    ...core,
    attributes: Object.fromEntries([...attributes].map(([key, entry]) => [key, entry.value ?? ''])),
    spotOf: (key) => {
      const entry = attributes.get(key);
      return entry === undefined ? core.spot : at(entry.offset);
    },
    spotAt: locateInStep(lines, core),
    hash: createHash('sha256').update(JSON.stringify([core.kind, core.language, core.source])).digest('hex'),
  };
}

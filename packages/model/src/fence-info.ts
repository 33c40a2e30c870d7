// The info string behind an opening fence: the language, then attributes in braces. What other dialects put there (line
// highlights, titles) is left alone; what looks like a mistyped attribute is a fault.
import { parseAttributeGroup } from './attribute-text.ts';
import type { AttributeEntry, AttributeFault } from './attribute-text.ts';
import { isAttributeKey } from './attribute-key.ts';

/** A read info string. Offsets count from the start of the info string. */
export interface FenceInfo {
  /** As written, lower case; empty when there is none. */
  readonly language: string;
  readonly entries: readonly AttributeEntry[];
  readonly faults: readonly AttributeFault[];
}

const highlight = /^\{[\d\s,-]*\}$/;

/** Reads an info string as it stands in the source. Never throws. */
export function parseFenceInfo(info: string): FenceInfo {
  const strange = /[^\S \t]/.exec(info);
  if (strange !== null) {
    const code = info.charCodeAt(strange.index).toString(16).toUpperCase().padStart(4, '0');
    return { language: '', entries: [], faults: [{ offset: strange.index, message: `the fence holds the space character U+${code}`, hint: 'Use an ordinary space.' }] };
  }
  let i = skipBlanks(info, 0);
  let language = '';
  if (info[i] !== '{') {
    const end = wordEnd(info, i);
    language = info.slice(i, end);
    const brace = language.indexOf('{');
    if (brace !== -1) return { language: language.slice(0, brace).toLowerCase(), entries: [], faults: [{ offset: i + brace, message: 'the attributes touch the language', hint: 'Put a space between the language and the brace.' }] };
    i = end;
  }
  return { language: language.toLowerCase(), ...readRest(info, i) };
}

function readRest(info: string, from: number): { entries: readonly AttributeEntry[]; faults: readonly AttributeFault[] } {
  let entries: readonly AttributeEntry[] = [];
  const faults: AttributeFault[] = [];
  let groups = 0;
  for (let i = skipBlanks(info, from); i < info.length; i = skipBlanks(info, i)) {
    if (info[i] !== '{') {
      const end = wordEnd(info, i);
      const key = info.slice(i, end).split('=')[0] ?? '';
      if (info.slice(i, end).includes('=') && isAttributeKey(key)) faults.push({ offset: i, message: `"${key}" stands outside braces`, hint: `Write {${info.slice(i, end)}}.` });
      i = end;
      continue;
    }
    const close = info.indexOf('}', i);
    if (close !== -1 && highlight.test(info.slice(i, close + 1))) {
      i = close + 1;
      continue;
    }
    groups += 1;
    if (groups > 1) {
      faults.push({ offset: i, message: 'there is a second group of attributes', hint: 'Put all attributes into one pair of braces.' });
      break;
    }
    const group = parseAttributeGroup(info, i);
    entries = group.entries;
    faults.push(...group.faults);
    i = group.end;
  }
  return { entries, faults };
}

function skipBlanks(text: string, from: number): number {
  let i = from;
  while (text[i] === ' ' || text[i] === '\t') i += 1;
  return i;
}

function wordEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length && text[i] !== ' ' && text[i] !== '\t') i += 1;
  return i;
}

// The word around an offset: names of steps and variables are such words.
import type { Span } from './page.ts';

const sign = /[A-Za-z0-9_./-]/;

/** The word of letters, digits and `_ . / -` around an offset, inside a span; empty when there is none. */
export function wordAt(text: string, inside: Span, offset: number): { readonly text: string; readonly span: Span } {
  let start = offset;
  let end = offset;
  while (start > inside.start && sign.test(text[start - 1] ?? '')) start -= 1;
  while (end < inside.end && sign.test(text[end] ?? '')) end += 1;
  return { text: text.slice(start, end), span: { start, end } };
}

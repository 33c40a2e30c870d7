// Where the Markdown of a document begins. For readers that show a document and must agree with the parser about its front
// matter; it says nothing of what the front matter holds.
import { indexLines } from '@runbook/problem';
import { parseFrontMatter } from './front-matter.ts';

/** The offset of the first character behind the front matter of a text with LF line ends; 0 when there is none. Never throws. */
export function findBody(text: string): number {
  return parseFrontMatter(text, indexLines(text), () => undefined).end;
}

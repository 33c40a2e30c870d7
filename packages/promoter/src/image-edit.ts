import type { Problem } from '@runbook/problem';
/** What to promote: one digest under one tag. */
export interface ImageAddition {
  readonly image: string;
  readonly digest: string;
  readonly tag: string;
}
/** The edited text. `added` and `changed` are both empty when the entry was there already. */
export interface ImageEdit {
  readonly text: string;
  /** Lines of the new text that were not there, without line endings, in order. */
  readonly added: readonly string[];
  /** A line that had to change, because its digest was there and gets one more tag. */
  readonly changed: readonly { readonly before: string; readonly after: string }[];
}
export function addImage(text: string, addition: ImageAddition): ImageEdit | { readonly problem: Problem } {
  throw new Error(`being written: ${text} ${addition.image}`);
}

// One thing to offer for completion, and how it is told to an editor. The text that is replaced is always named, because
// editors disagree on what a word is, and names of steps have dashes.
import type { CompletionItem, CompletionItemKind } from 'vscode-languageserver-protocol';
import type { Page, Span } from './page.ts';

/** Numbers of the protocol. */
export const offerKinds = { key: 10, value: 12, step: 3, input: 6, output: 21, word: 14 } as const satisfies Record<string, CompletionItemKind>;

/** One thing to offer. */
export interface Offer {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** What is written; the label unless said. */
  readonly insert?: string;
  /** A few words beside the label. */
  readonly detail?: string;
  /** Markdown. */
  readonly about?: string;
}

/** Offers as an editor wants them; they stay in the given order. */
export function toItems(page: Page, replaced: Span, offers: readonly Offer[]): CompletionItem[] {
  const range = page.rangeOf(replaced);
  return offers.map(({ label, kind, insert, detail, about }, index) => ({
    label,
    kind,
    sortText: String(index).padStart(4, '0'),
    filterText: insert ?? label,
    textEdit: { range, newText: insert ?? label },
    ...(detail === undefined ? {} : { detail }),
    ...(about === undefined ? {} : { documentation: { kind: 'markdown' as const, value: about } }),
  }));
}

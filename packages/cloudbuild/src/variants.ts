import type { Problem } from '@runbook/problem';
/** The variants of a build by name, each a set of values whose names lack the leading `_`. */
export type Variants = Readonly<Record<string, Readonly<Record<string, string>>>>;
export function parseVariants(text: string, file: string): { readonly variants?: Variants; readonly problems: readonly Problem[] } {
  throw new Error(`being written: ${text.length} ${file}`);
}

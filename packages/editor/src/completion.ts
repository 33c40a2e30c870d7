// What may be written next: attributes that fit the block, their values, names in code, keys of the front matter.
import type { CompletionItem, Position } from 'vscode-languageserver-protocol';
import { completeAttribute } from './attribute-completion.ts';
import { completeCode } from './code-completion.ts';
import { completeFrontMatter } from './front-matter-completion.ts';
import { placeAt } from './place.ts';
import type { Page } from './page.ts';

/** Signs behind which an editor should ask by itself. */
export const completionTriggers: readonly string[] = ['{', ' ', '=', ',', '"', '$', ':'];

/**
 * What may be written at a position. Never throws.
 * @param trigger the sign that made the editor ask by itself; in code only `$` and `{` do, because everything else is too often
 *   part of the code.
 */
export function completionsAt(page: Page, position: Position, trigger?: string): CompletionItem[] {
  const offset = page.offsetAt(position);
  const place = placeAt(page, offset);
  if (place.kind === 'attributes') return trigger === '$' || trigger === ':' ? [] : completeAttribute(page, place, offset);
  if (place.kind === 'front-matter') return trigger === '$' || trigger === '=' ? [] : completeFrontMatter(page, place.front, offset);
  if (place.kind !== 'code' || (trigger !== undefined && trigger !== '$' && trigger !== '{')) return [];
  return completeCode(page, place.step, place.offset);
}

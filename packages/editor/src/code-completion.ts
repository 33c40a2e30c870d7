// Inputs and outputs in the code of a step: behind `$` in a shell block, as a name in a script block. Only where the code
// really refers to a name, not in a comment or in single quotes, and only names that have a value by then.
import type { Step } from '@runbook/model';
import type { CompletionItem } from 'vscode-languageserver-protocol';
import { nameCard } from './card.ts';
import { codeReader, namesBefore } from './code-name.ts';
import { offerKinds, toItems } from './offer.ts';
import { codeSpan } from './place.ts';
import type { Offer } from './offer.ts';
import type { Page } from './page.ts';

/** No runbook has this name; where it would be a use, another name would be one too. */
const probe = 'runbook_completes_here';

/** What may be written at an offset of a step's source. */
export function completeCode(page: Page, step: Step, offset: number): CompletionItem[] {
  const read = codeReader(step);
  if (read === undefined) return [];
  const start = offset - (/[A-Za-z_]\w*$/.exec(step.source.slice(Math.max(0, offset - 200), offset))?.[0].length ?? 0);
  const end = offset + (/^\w*/.exec(step.source.slice(offset, offset + 200))?.[0].length ?? 0);
  const probed = `${step.source.slice(0, start)}${probe}${step.source.slice(end)}`;
  if (!read(probed).uses.some((use) => use.name === probe && use.offset === start)) return [];
  const offers = namesBefore(page.runbook, step).map((known): Offer => {
    const input = known.kind === 'input' ? known.input : undefined;
    return { label: known.kind === 'input' ? known.input.name : known.name, kind: input === undefined ? offerKinds.output : offerKinds.input, detail: input === undefined ? 'output' : `input · ${input.type}`, about: nameCard(known) };
  });
  return toItems(page, codeSpan(page, step, start, end - start), offers);
}

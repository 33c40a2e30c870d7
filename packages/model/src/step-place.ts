// From an offset in a step's code to its place in the document. Containers (lists, quotes) stand before the code on its lines.
import { indexLines } from '@runbook/problem';
import type { Lines } from '@runbook/problem';
import type { Spot } from './problem-code.ts';
import type { Step } from './runbook.ts';

/**
 * Answers where an offset of a step's `source` stands in the document; 1-based.
 * @param document the lines of the document, as `indexLines(runbook.text)` gives them.
 */
export function locateInStep(document: Lines, step: Pick<Step, 'codeLine' | 'source'>): (offset: number) => Spot {
  let code: Lines | undefined;
  return (offset) => {
    code ??= indexLines(step.source);
    const place = code.at(offset);
    const line = step.codeLine + place.line - 1;
    // What the containers take away stands before the code, so columns are counted from the end of the line.
    return { line, column: Math.max(1, document.text(line).length - code.text(place.line).length + place.column) };
  };
}

// Problems of a document, on top of its page: a reader must not take a refused document for a sound one.
import type { Problem } from '@runbook/problem';
import type { Element } from 'hast';
import { visible } from './code.ts';
import { el } from './element.ts';

/** A section with all problems, in the order given; undefined when there are none. */
export function faultsSection(problems: readonly Problem[]): Element | undefined {
  if (problems.length === 0) return undefined;
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const count = [errors === 0 ? '' : plural(errors, 'error'), warnings === 0 ? '' : plural(warnings, 'warning')].filter((part) => part !== '').join(', ');
  return el(
    'section',
    { className: ['faults', errors > 0 ? 'refused' : 'warned'], ariaLabelledBy: ['problems'] },
    el('h2', { id: 'problems' }, 'Problems'),
    el('p', {}, errors > 0 ? `This document has ${count}. It will not run before the errors are corrected.` : `This document has ${count}.`),
    el('ul', {}, problems.map(faultItem)),
  );
}

function faultItem(problem: Problem): Element {
  return el(
    'li',
    {},
    el('strong', { className: [problem.severity] }, problem.severity),
    ` line ${problem.line}, column ${problem.column} `,
    el('code', {}, problem.code),
    ` ${visible(sentence(problem.message))} ${visible(sentence(problem.hint))}`.trimEnd(),
  );
}

function sentence(text: string): string {
  return text === '' || /[.!?)]$/.test(text) ? text : `${text}.`;
}

/** `1 step`, `2 steps`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

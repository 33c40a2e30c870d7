// What holds of any expression.
import fc from 'fast-check';
import { test } from 'vitest';
import { evaluateCondition } from './index.ts';

const answer = (source: string): string => {
  const found = evaluateCondition(source, { values: { live: true }, unknown: new Set(), steps: {} });
  return found.kind === 'problem' ? `problem: ${found.message}` : found.kind;
};

interface Logic {
  readonly source: string;
  readonly value: boolean;
}

test('logic is the same as in JavaScript where everything is known', () => {
  const { tree } = fc.letrec<{ tree: Logic }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.boolean().map((value) => ({ source: String(value), value })),
      fc.tuple(tie('tree'), fc.boolean(), tie('tree')).map(([a, and, b]) => ({ source: `(${a.source} ${and ? '&&' : '||'} ${b.source})`, value: and ? a.value && b.value : a.value || b.value })),
      tie('tree').map((a) => ({ source: `!${a.source}`, value: !a.value })),
    ),
  }));
  fc.assert(fc.property(tree, ({ source, value }) => answer(source) === String(value) || answer(source).includes('too deeply')));
});

test('it never throws', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('a', ' ', '"', '(', ')', '&&', '||', '!', '==', 'in', '[', ']', ',', '1', '.', '\\', 'live', 'passed')).map((words) => words.join('')), (source) => answer(source) !== ''));
});

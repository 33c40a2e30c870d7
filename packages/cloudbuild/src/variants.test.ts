import { describe, expect, test } from 'vitest';
import { parseVariants } from './variants.ts';

test('variants are names with values', () => {
  const text = "variants:\n  '1.37':\n    CONFIG: '1.37'\n    K8S_BRANCH: release-1.37\n  main: # the newest\n    CONFIG: main\n    COUNT: 3\n";
  expect(parseVariants(text, 'variants.yaml')).toEqual({ variants: { '1.37': { CONFIG: '1.37', K8S_BRANCH: 'release-1.37' }, main: { CONFIG: 'main', COUNT: '3' } }, problems: [] });
});

test('an empty file has no variants', () => {
  for (const text of ['', '# none\n', 'variants:\n', 'variants: {}\n']) expect(parseVariants(text, 'f')).toEqual({ variants: {}, problems: [] });
});

describe('what is wrong is reported at its place', () => {
  const table: readonly (readonly [text: string, code: string, severity: string, line: number])[] = [
    ['variants: [', 'yaml-syntax', 'error', 1],
    ['- a\n', 'wrong-type', 'error', 1],
    ['variants: [a]\n', 'wrong-type', 'error', 1],
    ['variant: {}\n', 'unknown-field', 'error', 1],
    ['variants:\n  a: text\n', 'wrong-type', 'error', 2],
    ['variants:\n  a:\n    CONFIG: [x]\n', 'wrong-type', 'error', 3],
    ['variants:\n  a:\n    CONFIG: x\n    CONFIG: y\n', 'duplicate-key', 'error', 4],
    ['variants:\n  a:\n    GO: 1.20\n', 'rewritten-number', 'warning', 3],
    ['variants:\n  a:\n    config: x\n', 'substitution-key', 'error', 3],
    ['variants:\n  a:\n    CONFIG: x,y\n', 'comma-in-substitution', 'error', 3],
  ];
  for (const [text, code, severity, line] of table) {
    test(JSON.stringify(text), () => expect(parseVariants(text, 'v.yaml').problems).toMatchObject([{ code, severity, line, file: 'v.yaml' }]));
  }
});

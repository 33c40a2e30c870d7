import { expect, test } from 'vitest';
import { yamlFaults, type YamlError } from './yaml-fault.ts';

const error = (code: string, message: string, at: number): YamlError => ({ code, message, pos: [at, at + 1] });
const tell = (text: string, ...errors: readonly YamlError[]): readonly string[] => yamlFaults(text, errors).map(({ isDuplicate, message, hint, offset }) => `${offset} ${isDuplicate ? 'duplicate-key' : 'yaml-syntax'}: ${message}. ${hint}`);

test.each([
  ['nothing', [], []],
  ['keys that stand twice, each', [error('DUPLICATE_KEY', 'Map keys must be unique', 3), error('DUPLICATE_KEY', 'Map keys must be unique', 9)], ['3 duplicate-key: the file is not valid YAML: a key stands twice in one mapping. Keep one.', '9 duplicate-key: the file is not valid YAML: a key stands twice in one mapping. Keep one.']],
  ['only the first of errors that follow from each other', [error('UNEXPECTED_TOKEN', 'Unexpected scalar at node end', 4), error('UNEXPECTED_TOKEN', 'Unexpected map-value-ind', 8), error('DUPLICATE_KEY', 'Map keys must be unique', 9)], ['4 yaml-syntax: the file is not valid YAML: Unexpected scalar at node end. Correct it; nothing else can be checked before.']],
  ['several documents', [error('MULTIPLE_DOCS', 'Source contains multiple documents; please use YAML.parseAllDocuments()', 7)], ['7 yaml-syntax: the file is not valid YAML: it holds several documents, and one is expected. Remove the line "---" that begins the next one, and what belongs elsewhere.']],
  ['a tab', [error('TAB_AS_INDENT', 'Tabs are not allowed as indentation', 2)], ['2 yaml-syntax: the file is not valid YAML: a tab indents here. Indent with spaces; nothing else can be checked before.']],
  ['a message that ends in a colon', [error('BAD_INDENT', 'sufficiently indented and end with a ]:', 2)], ['2 yaml-syntax: the file is not valid YAML: sufficiently indented and end with a ]. Correct it; nothing else can be checked before.']],
] as const)('%s', (_, errors, told) => {
  expect(tell('- name: x', ...errors)).toEqual(told);
});

test('a byte order mark is named instead of all that it upsets', () => {
  expect(tell('\ufeff- name: x', error('UNEXPECTED_TOKEN', 'Unexpected scalar at node end', 3), error('UNEXPECTED_TOKEN', 'x', 8))).toEqual(['0 yaml-syntax: the file begins with a byte order mark. Save it as UTF-8 without one; nothing else can be checked before.']);
  expect(tell('\ufeffa: 1')).toEqual([]);
});

// The log is held against the parts of the SARIF 2.1.0 schema that it uses, written down here by hand: names and types of all
// properties, which are required, and that there are no others (the schema says `additionalProperties: false`).
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasErrors, type Problem } from '@runbook/problem';
import { parseProblemRules, renderSarif } from './problem-sarif.ts';

type Shape = { readonly required: readonly string[]; readonly properties: Readonly<Record<string, (value: unknown) => void>> };

const text = (value: unknown): void => expect(typeof value).toBe('string');
const oneOf = (...allowed: readonly unknown[]) => (value: unknown): void => expect(allowed).toContain(value);
const atLeast = (least: number) => (value: unknown): void => {
  expect(Number.isInteger(value)).toBe(true);
  expect(value).toBeGreaterThanOrEqual(least);
};
const listOf = (item: (value: unknown) => void) => (value: unknown): void => {
  expect(Array.isArray(value)).toBe(true);
  (value as unknown[]).forEach(item);
};
const object = ({ required, properties }: Shape) => (value: unknown): void => {
  expect(typeof value).toBe('object');
  const entries = Object.entries(value as object);
  expect(entries.map(([key]) => key)).toEqual(expect.arrayContaining([...required]));
  for (const [key, inner] of entries) {
    expect(Object.keys(properties)).toContain(key);
    properties[key]?.(inner);
  }
};
/** `uri-reference` without a scheme but file, and without signs that have to be escaped. */
const uriReference = (value: unknown): void => { expect(value).toMatch(/^(?:file:\/\/\/)?(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})+$/); };
const semanticVersion = (value: unknown): void => { expect(value).toMatch(/^\d+\.\d+\.\d+$/); };
const level = oneOf('none', 'note', 'warning', 'error');
const message = object({ required: ['text'], properties: { text, markdown: text } });
const region = object({ required: [], properties: { startLine: atLeast(1), startColumn: atLeast(1) } });
const location = object({ required: [], properties: { physicalLocation: object({ required: [], properties: { artifactLocation: object({ required: [], properties: { uri: uriReference } }), region } }) } });
const rule = object({ required: ['id'], properties: { id: text, shortDescription: message, help: message, defaultConfiguration: object({ required: [], properties: { level } }) } });
const result = object({ required: ['message'], properties: { ruleId: text, ruleIndex: atLeast(-1), level, message, locations: listOf(location) } });
const driver = object({ required: ['name'], properties: { name: text, semanticVersion, rules: listOf(rule) } });
const run = object({ required: ['tool'], properties: { tool: object({ required: ['driver'], properties: { driver } }), columnKind: oneOf('utf16CodeUnits', 'unicodeCodePoints'), results: listOf(result) } });
const log = object({ required: ['version', 'runs'], properties: { $schema: text, version: oneOf('2.1.0'), runs: listOf(run) } });

const rules = parseProblemRules('| code | meaning | cure |\n|---|---|---|\n| `a-b` | Is `x`. | Do `y`. |\n| `c` | Warning. May be. | Look. |\n');
const first: Problem = { code: 'c', severity: 'warning', message: 'odd', file: 'docs/a b.md', line: 2, column: 3, hint: 'Look at it', detail: '-x\n+y' };

function sarif(problems: readonly Problem[]): { runs: { tool: { driver: { rules: unknown[] } }; results: { ruleId: string; ruleIndex?: number; message: unknown; locations: unknown }[] }[] } {
  const parsed = JSON.parse(renderSarif(problems, { version: '0.1.0', rules })) as ReturnType<typeof sarif>;
  log(parsed);
  return parsed;
}

test('problems become results of the rules they break', () => {
  const [only] = sarif([first, { ...first, code: 'new-code', severity: 'error', hint: '', line: 0 }]).runs;
  expect(only?.tool.driver.rules).toEqual([{ id: 'c', shortDescription: { text: 'May be.' }, help: { text: 'Look.', markdown: 'Look.' }, defaultConfiguration: { level: 'warning' } }]);
  expect(only?.results).toEqual([
    { ruleId: 'c', ruleIndex: 0, level: 'warning', message: { text: 'odd.\nLook at it.\n-x\n+y' }, locations: [{ physicalLocation: { artifactLocation: { uri: 'docs/a%20b.md' }, region: { startLine: 2, startColumn: 3 } } }] },
    expect.objectContaining({ ruleId: 'new-code', level: 'error', message: { text: 'odd.\n-x\n+y' } }),
  ]);
});

test.each(['./a.md', '/tmp/a#b.md', '../é/\ud800.md', 'C:\\x\\y.md', 'a%.md', 'stdin'])('the path %s is a valid address', (file) => {
  sarif([{ ...first, file }]);
});

test('a clean document gives a log without results', () => {
  expect(sarif([]).runs[0]?.results).toEqual([]);
});

test('every row of docs/errors.md is a rule', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const found = parseProblemRules(page);
  expect(found.map((row) => row.code)).toEqual([...new Set(page.split('\n').flatMap((line) => /^\| `([a-z-]+)` \|/.exec(line)?.[1] ?? []))]);
  expect(hasErrors(found.map((row) => ({ ...first, severity: row.severity })))).toBe(true);
  expect(found.filter((row) => row.meaning === '' || row.cure === '' || row.meaning.includes('Warning.'))).toEqual([]);
});

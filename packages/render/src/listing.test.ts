import { expect, test } from 'vitest';
import { listJson, renderList } from './listing.ts';
import { plainPalette } from './palette.ts';
import { sampleRunbook, sampleStep } from './sample.ts';

const runbook = sampleRunbook([sampleStep('push-tag', { effect: 'write' }), sampleStep('smoke', { kind: 'manual', language: '', heading: [], source: 'Does it start?' })], {
  inputs: [{ name: 'version', type: 'string', required: true, description: 'The tag', line: 3, column: 3 }],
  data: [{ language: 'json', line: 20, column: 1, codeLine: 21, source: '{}', attributes: { expect: 'push-tag' } }],
});

test('a table of the steps', () => {
  expect(renderList(runbook, { palette: plainPalette }).split('\n')).toEqual([
    'Release  release.md',
    '',
    'step      kind        effect  line  heading',
    'push-tag  shell bash  write     10  Tag the release',
    'smoke     manual      read      10',
    '',
    'snippet  line  purpose               begins with',
    'json       20  expected of push-tag  {}',
    '',
    '2 steps, 1 snippet',
    '',
  ]);
});

test('the JSON has exactly the fields of the contract', () => {
  expect(JSON.parse(listJson(runbook))).toEqual({
    title: 'Release',
    inputs: [{ name: 'version', type: 'string', required: true }],
    steps: [
      { id: 'push-tag', kind: 'shell', language: 'bash', effect: 'write', heading: 'Tag the release', line: 10, attributes: { name: 'push-tag' }, source: 'echo push-tag\n' },
      { id: 'smoke', kind: 'manual', language: '', effect: 'read', heading: '', line: 10, attributes: { name: 'smoke' }, source: 'Does it start?' },
    ],
    data: [{ language: 'json', line: 20, attributes: { expect: 'push-tag' } }],
  });
});

test('the prompt of a console is stripped, and only there', () => {
  const block = (language: string, source: string): (typeof runbook.data)[number] => ({ language, line: 1, column: 1, codeLine: 2, source, attributes: {} });
  const list = renderList(sampleRunbook([], { data: [block('console', '\n$ npm ci\n'), block('console', '$HOME/bin/x'), block('text', '$ cost')] }), { palette: plainPalette });
  expect(list.split('\n').slice(3, 6)).toEqual(['console     1           npm ci', 'console     1           $HOME/bin/x', 'text        1           $ cost']);
  expect(list).toContain('0 steps, 3 snippets');
});

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
    '2 steps',
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

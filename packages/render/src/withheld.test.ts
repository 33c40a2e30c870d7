import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderWithheld, spreadJson } from './withheld.ts';

test('a command in full, line by line', () => {
  const target = 'git tag -s v1\ngit push origin v1\u001b[2J';
  expect(renderWithheld({ service: 'shell', target, withheld: true })).toBe('   withheld: git tag -s v1\n     git push origin v1\n');
});

test('a request with its body', () => {
  const body = '{"title":"Promote, \\"v1\\"","id":1234567890123456789,"labels":[],"x":[1,{}]}';
  expect(renderWithheld({ service: 'github', method: 'POST', target: 'https://api.github.com/repos/o/r/pulls', body, withheld: true })).toBe(
    [
      '   withheld: POST https://api.github.com/repos/o/r/pulls',
      '     {',
      '       "title": "Promote, \\"v1\\"",',
      '       "id": 1234567890123456789,',
      '       "labels": [],',
      '       "x": [',
      '         1,',
      '         {}',
      '       ]',
      '     }',
      '',
    ].join('\n'),
  );
});

test('a diff keeps its lines', () => {
  const body = '@@ -1 +1,2 @@\n a\n+b\n';
  expect(renderWithheld({ service: 'github', method: 'PUT', target: 'https://x', body, withheld: true }, { indent: '' })).toBe('withheld: PUT https://x\n  @@ -1 +1,2 @@\n   a\n  +b\n');
});

test('spreading JSON changes nothing but white space', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const value: unknown = JSON.parse(json);
      expect(JSON.parse(spreadJson(json))).toEqual(value);
      expect(spreadJson(`[${json}]`)).toBe(JSON.stringify([value], null, 2));
    }),
  );
});

test('what only looks like JSON stays as it is', () => {
  expect(spreadJson('{not json')).toBe('{not json');
  expect(spreadJson('text\n\n')).toBe('text');
});

// What bash prints is read back: fixed texts of several versions of bash, and any value through a real bash.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDeclarations } from './declaration.ts';

const texts: readonly (readonly [text: string, name: string, flags: string, value: string | undefined])[] = [
  ['declare -- a="1"', 'a', '', '1'],
  ['declare -x a="b \\"c\\" \\$d \\`e\\` \\\\f"', 'a', 'x', 'b "c" $d `e` \\f'],
  ['declare -- a="two\nlines"', 'a', '', 'two\nlines'],
  ["declare -rx a=$'t\\t\\'q\\' \\377\\E[0m\\n'", 'a', 'rx', "t\t'q' \u00ff\u001b[0m\n"],
  ['declare -x a', 'a', 'x', undefined],
  ['declare -a a=([0]="x y" [3]=$\'z\\n\')', 'a', 'a', '([0]=x y [3]=z\n)'],
  ['declare -a a=\'([0]="x" [1]="y")\'', 'a', 'a', '([0]="x" [1]="y")'],
  ['declare -A a=(["k)"]="v" )', 'a', 'A', '([k)]=v )'],
];

test.each(texts)('%s', (text, name, flags, value) => {
  const found = parseDeclarations(`declare -- before="1"\n${text}\ndeclare -- after="2"\n`);
  expect([...found.keys()]).toEqual(['before', name, 'after']);
  expect(found.get(name)).toEqual({ name, flags, text, value });
});

test('what is no declaration is left out', () => {
  expect([...parseDeclarations('bash: warning\ndeclare -- a="1"\n\nrest').keys()]).toEqual(['a']);
});

test('declarations that stand as they stood are the very same ones, whatever comes between, behind or instead', () => {
  const before = parseDeclarations('declare -- a="1"\ndeclare -x b="2\ndeclare -- c=\\"9\\""\ndeclare -- d\ndeclare -- e="5"\n');
  const text = 'declare -- new="0"\ndeclare -- a="12"\ndeclare -x b="2\ndeclare -- c=\\"9\\""\ndeclare -- dd="1"\ndeclare -- d\ndeclare -x e="5"\n';
  const found = parseDeclarations(text, before);
  expect([...found]).toEqual([...parseDeclarations(text)]);
  expect([...found.values()].filter((one) => [...before.values()].includes(one)).map(({ name }) => name)).toEqual(['b', 'd']);
});

test('any values of a real bash come back as bytes', () => {
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 40 }).map((array) => Buffer.from(array.map((byte) => byte || 1)));
  const lines = fc.string({ maxLength: 40 }).map((text) => Buffer.from(text.replaceAll('\0', '') + '\ndeclare -- x="1"\n'));
  fc.assert(
    fc.property(fc.array(fc.oneof(bytes, lines), { minLength: 1, maxLength: 12 }), (values) => {
      const script = values.map((value, index) => `v${index}='${value.toString('latin1').replaceAll("'", "'\\''")}'`).join('\n');
      const run = spawnSync('bash', ['--noprofile', '--norc'], { input: Buffer.from(`${script}\ndeclare -p ${values.map((_, index) => `v${index}`).join(' ')}\n`, 'latin1'), env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' } });
      const found = parseDeclarations(run.stdout.toString('latin1'));
      expect([...found.values()].map(({ value }) => value)).toEqual(values.map((value) => value.toString('latin1')));
    }),
    { numRuns: 60 },
  );
});

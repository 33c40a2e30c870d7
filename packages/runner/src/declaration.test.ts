// What bash prints is read back: fixed texts of several versions of bash, and any value through a real bash.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDeclarationReader, parseDeclarations } from './declaration.ts';

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

describe('one output after another', () => {
  const text = (random: number, more = ''): string => `declare -- a="1"\ndeclare -i RANDOM="${random}"\ndeclare -- b="x\ndeclare -i RANDOM=\\"5\\"\n"\n${more}`;

  test('is parsed once where only what bash counts differs', () => {
    const read = createDeclarationReader(new Set(['RANDOM', 'SECONDS']));
    const first = read(text(1));
    expect(read(text(2))).toBe(first);
    expect(read(text(2, 'declare -- c="3"\n')).get('c')?.value).toBe('3');
    expect(read(text(3)).has('c')).toBe(false);
  });

  test('a value that looks like such a line is no such line', () => {
    const read = createDeclarationReader(new Set(['RANDOM']));
    const of = (inner: number): string => `declare -- b="x\ndeclare -i RANDOM=\\"${inner}\\"\n"\n`;
    const tricky = (inner: string): string => `declare -- b=$'x\ndeclare -i RANDOM=${inner}\n'\n`;
    read(of(1));
    expect(read(of(2)).get('b')?.value).toBe('x\ndeclare -i RANDOM="2"\n');
    read(tricky('7'));
    expect(read(tricky('8')).get('b')?.value).toBe('x\ndeclare -i RANDOM=8\n');
  });

  test('a counted name that becomes something else is read anew', () => {
    const read = createDeclarationReader(new Set(['RANDOM']));
    read('declare -i RANDOM="1"\ndeclare -- a="1"\n');
    expect(read('declare -- RANDOM="text"\ndeclare -- a="1"\n').get('RANDOM')?.value).toBe('text');
  });
});

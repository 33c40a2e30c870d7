import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createAsker } from './asker.ts';

function setUp() {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => (shown += text));
  return { input, asker: createAsker(input, output), shown: () => shown };
}

test('answers that came before their questions wait for them', async () => {
  const { input, asker, shown } = setUp();
  input.write(' one \ntwo\n\nfour');
  expect([await asker.ask('1? '), await asker.ask('2? '), await asker.ask('3? ')]).toEqual(['one', 'two', '']);
  const last = asker.ask('4? ');
  input.write('!\n');
  expect(await last).toBe('four!');
  asker.close();
  for (const question of ['1? ', '2? ', '3? ', '4? ']) expect(shown()).toContain(question);
});

test('who leaves answers nothing more', async () => {
  const { input, asker } = setUp();
  const open = asker.ask('1? ');
  input.end();
  expect(await open).toBeUndefined();
  expect(await asker.ask('2? ')).toBeUndefined();
});

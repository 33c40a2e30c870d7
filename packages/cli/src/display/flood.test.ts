import { expect, test } from 'vitest';
import { createFloodGate } from './flood.ts';

const line = `${'x'.repeat(1023)}\n`;
const megabyte = line.repeat(1024);

test('what people may read is shown as it is, of a flood what there is room for, and how much was left out', () => {
  let now = 0;
  const gate = createFloodGate(() => now);
  expect(gate.pass('build', `${megabyte.slice(1024)}begun`)).toBe(`${megabyte.slice(1024)}begun`);
  expect(gate.pass('build', Buffer.from(`line\n${megabyte}`))).toBe('\n');
  expect(gate.pass('build', 'a little\n')).toBe('');
  now = 100;
  expect(gate.pass('build', 'too soon for a part of it\n')).toBe('');
  now = 1000;
  expect(gate.pass('build', Buffer.from('rest of one\nnext\n'))).toBe('… 1.0 MB of output left out here, the log of build has it\nnext\n');
  expect(gate.pass('build', 'and on\n')).toBe('and on\n');
  expect(gate.end('build')).toBe('');
});

test('at its end the last lines of what was left out are shown', () => {
  const gate = createFloodGate(() => 0);
  expect(gate.pass('build', megabyte)).toBe(megabyte);
  expect(gate.pass('build', megabyte.repeat(2))).toBe('\n');
  expect(gate.pass('build', Buffer.from(Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join('')))).toBe('');
  expect(gate.end('build')).toBe(`… 2.1 MB of output left out here, the log of build has it\n${Array.from({ length: 20 }, (_, i) => `line ${i + 20}\n`).join('')}`);
  expect(gate.end('build')).toBe('');
});

import { expect, test } from 'vitest';
import { checkFaults, faults } from './fault.ts';

test('each fault says in a sentence what it teaches', () => {
  for (const fault of faults) expect(fault.lesson).toMatch(/^[A-Z].{40,}\.$/);
  expect(checkFaults(['lost-digest@merge', 'no-such@merge']).map(({ message }) => message)).toEqual(['the rehearsal knows no fault "no-such"']);
  expect(checkFaults(faults.map((fault) => fault.name))).toEqual([]);
});

test('an unknown fault is refused, with the one that was meant', () => {
  const [typo, rain] = checkFaults(['lost-digets', 'rain']);
  expect(typo).toMatchObject({ code: 'unknown-fault', severity: 'error', message: 'the rehearsal knows no fault "lost-digets"', hint: 'Did you mean lost-digest?' });
  expect(rain?.hint).toMatch(/^Known faults: token-expired, /);
});

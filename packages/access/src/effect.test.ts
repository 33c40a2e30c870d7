import { describe, expect, test } from 'vitest';
import { createWriteLock, decide, recordWrite, UndeclaredWriteError, WithheldError, type Call, type Posture, type Verdict, type WriteRecord } from './effect.ts';

const read: Call = { service: 'github', effect: 'read', method: 'POST', target: 'https://github.com/login/oauth/access_token' };
const write: Call = { service: 'github', effect: 'write', method: 'POST', target: 'https://api.github.com/repos/o/r/pulls', body: '{"title":"t"}' };

describe('every posture and call', () => {
  const table: readonly (readonly [Posture['mode'], Posture['effect'], Call['effect'], Verdict])[] = [
    ['live', 'read', 'read', 'go'],
    ['live', 'local', 'read', 'go'],
    ['live', 'write', 'read', 'go'],
    ['live', 'read', 'write', 'undeclared-write'],
    ['live', 'local', 'write', 'undeclared-write'],
    ['live', 'write', 'write', 'go'],
    ['rehearse', 'read', 'read', 'go'],
    ['rehearse', 'local', 'read', 'go'],
    ['rehearse', 'write', 'read', 'go'],
    ['rehearse', 'read', 'write', 'undeclared-write'],
    ['rehearse', 'local', 'write', 'undeclared-write'],
    ['rehearse', 'write', 'write', 'go'],
    ['dry-run', 'read', 'read', 'go'],
    ['dry-run', 'local', 'read', 'go'],
    ['dry-run', 'write', 'read', 'go'],
    ['dry-run', 'read', 'write', 'undeclared-write'],
    ['dry-run', 'local', 'write', 'undeclared-write'],
    ['dry-run', 'write', 'write', 'withheld'],
  ];
  test.each(table)('%s, a %s step, a %s call: %s', (mode, effect, call, verdict) => {
    expect(decide({ mode, effect }, { effect: call })).toBe(verdict);
  });
});

describe('the lock', () => {
  const enter = (posture: Posture, call: Call): { told: WriteRecord[]; error: unknown } => {
    const told: WriteRecord[] = [];
    try {
      createWriteLock(() => posture, (record) => told.push(record)).enter(call);
      return { told, error: undefined };
    } catch (error) {
      return { told, error };
    }
  };

  test('lets a read go and tells nobody', () => {
    expect(enter({ mode: 'dry-run', effect: 'write' }, read)).toEqual({ told: [], error: undefined });
  });
  test('tells of a write before it goes', () => {
    expect(enter({ mode: 'live', effect: 'write' }, write)).toEqual({ told: [recordWrite(write, false)], error: undefined });
  });
  test('withholds a write in a dry run and tells it in full', () => {
    const { told, error } = enter({ mode: 'dry-run', effect: 'write' }, write);
    expect(told).toEqual([{ service: 'github', method: 'POST', target: 'https://api.github.com/repos/o/r/pulls', body: '{"title":"t"}', withheld: true }]);
    expect(error).toBeInstanceOf(WithheldError);
  });
  test('refuses an undeclared write in every mode, and records none', () => {
    for (const mode of ['live', 'rehearse', 'dry-run'] as const) {
      const { told, error } = enter({ mode, effect: 'read' }, write);
      expect(told).toEqual([]);
      expect(error).toBeInstanceOf(UndeclaredWriteError);
      expect(String(error)).toContain('effect=write');
    }
  });
  test('follows the posture from step to step', () => {
    let effect: Posture['effect'] = 'read';
    const lock = createWriteLock(() => ({ mode: 'live', effect }), () => undefined);
    expect(() => lock.enter(write)).toThrow(UndeclaredWriteError);
    effect = 'write';
    expect(() => lock.enter(write)).not.toThrow();
  });
});

test('a record has no key for what a command lacks', () => {
  expect(recordWrite({ service: 'shell', effect: 'write', target: 'git push' }, true)).toEqual({ service: 'shell', target: 'git push', withheld: true });
});

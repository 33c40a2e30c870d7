import { afterAll, describe, expect, test } from 'vitest';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorldConfig } from '../services.ts';
import { createCore } from './core.ts';

const root = mkdtempSync(join(tmpdir(), 'core-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const config: WorldConfig = {
  start: '2026-08-24T09:00:00Z',
  user: { login: 'robin', name: 'Robin', email: 'robin@rehearsal.example' },
  people: [],
  history: {},
  builds: {},
  singleArchAllowed: [],
  promoted: [],
  pace: { trigger: 1, schedule: 1, build: 1, presubmit: 1, promotion: 1, tide: 1 },
};
const start = Date.parse(config.start);
let count = 0;
const folder = (): string => join(root, String((count += 1)));

describe('virtual time', () => {
  test('events run in order of time, then of being queued, and see their own time', async () => {
    const core = createCore({ dir: folder(), config });
    const seen: unknown[] = [];
    core.on('note', (name: string) => void seen.push([name, core.now() - start]));
    core.schedule(20, 'note', 'c');
    core.schedule(10, 'note', 'a');
    core.schedule(10, 'note', 'b');
    core.schedule(30, 'note', 'late');
    await core.advance(start + 25);
    expect(seen).toEqual([['a', 10], ['b', 10], ['c', 20]]);
    expect(core.now()).toBe(start + 25);
  });

  test('an event may queue others, which run in the same advance when they are due', async () => {
    const core = createCore({ dir: folder(), config });
    const seen: number[] = [];
    core.on('again', (left: number) => {
      seen.push(core.now() - start);
      if (left > 0) core.schedule(5, 'again', left - 1);
    });
    core.schedule(0, 'again', 3);
    await core.advance(start + 12);
    expect(seen).toEqual([0, 5, 10]);
    await core.advance(start + 12);
    expect(seen).toEqual([0, 5, 10]);
  });

  test('time never goes back, and no event lies in the past', async () => {
    const core = createCore({ dir: folder(), config });
    await core.advance(start + 10);
    await core.advance(start);
    expect(core.now()).toBe(start + 10);
    expect(() => core.schedule(-1, 'note', undefined)).toThrow('past');
    await expect(core.advance(Number.NaN)).rejects.toThrow('whole milliseconds');
  });

  test('an event without a handler is an error, not a silence', async () => {
    const core = createCore({ dir: folder(), config });
    core.schedule(1, 'nobody', undefined);
    await expect(core.advance(start + 1)).rejects.toThrow('nobody in this world handles the event nobody');
  });
});

describe('what is kept', () => {
  test('time, queue, counters, faults and every state survive a restart', async () => {
    const dir = folder();
    const first = createCore({ dir, config, faults: ['lost-digest'] });
    first.on('note', () => undefined);
    first.schedule(10, 'note', 'kept');
    first.id('build');
    first.state<{ words: string[] }>('talk', () => ({ words: [] })).words.push('hello');
    await first.advance(start + 5);
    first.markPlanted();
    first.save();

    const second = createCore({ dir });
    const seen: string[] = [];
    second.on('note', (name: string) => void seen.push(name));
    expect([second.now(), second.id('build'), second.fault('lost-digest'), second.fault('429'), second.planted()]).toEqual([start + 5, 2, true, false, true]);
    expect(second.state('talk', () => ({ words: [] }))).toEqual({ words: ['hello'] });
    await second.advance(start + 10);
    expect(seen).toEqual(['kept']);
  });

  test('an event whose handling was cut short is there again after a restart', async () => {
    const dir = folder();
    const first = createCore({ dir, config });
    first.on('work', () => {
      throw new Error('killed');
    });
    first.schedule(1, 'work', undefined);
    first.save();
    await expect(first.advance(start + 1)).rejects.toThrow('killed');
    const second = createCore({ dir });
    let worked = 0;
    second.on('work', () => void (worked += 1));
    await second.advance(start + 1);
    expect(worked).toBe(1);
  });

  test('refuses a folder without a world, a start that is no time, and a state of another version', () => {
    expect(() => createCore({ dir: folder() })).toThrow('holds no world yet');
    expect(() => createCore({ dir: folder(), config: { ...config, start: 'soon' } })).toThrow('got soon');
    const dir = folder();
    createCore({ dir, config }).save();
    expect(JSON.parse(readFileSync(join(dir, 'state.json'), 'utf8'))).toMatchObject({ version: 1 });
  });

  test('topics are told in order of registration', async () => {
    const core = createCore({ dir: folder(), config });
    const seen: string[] = [];
    core.listen('push', async () => void seen.push('first'));
    core.listen('push', () => void seen.push('second'));
    await core.tell('push', {});
    await core.tell('nothing', {});
    expect(seen).toEqual(['first', 'second']);
    core.on('one', () => undefined);
    expect(() => core.on('one', () => undefined)).toThrow('has a handler already');
  });
});

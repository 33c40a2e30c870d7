import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '@runbook/model';
import { currentOwner } from './owner.ts';
import { JournalError, openJournal, readJournal } from './journal.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  file = join(folder, 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const event = (at: number): RunEvent => ({ at, kind: 'step-started', step: 'a', attempt: at, effect: 'read', hash: 'h' });

const claim: RunEvent = { at: 3, kind: 'owned', epoch: 2, pid: 1, born: 'b', host: 'h', boot: 'b', id: 'i' };

test('what was appended is read back in order', () => {
  const journal = openJournal(file);
  journal.append(event(1));
  journal.append(event(2));
  journal.close();
  expect(readJournal(file)).toEqual([event(1), event(2)]);
});

test('events that are appended together are read one by one', () => {
  const journal = openJournal(file);
  journal.append(event(1), event(2));
  journal.append(event(3));
  journal.close();
  expect(readJournal(file)).toEqual([event(1), event(2), event(3)]);
});

test('a torn last line is left out, kept on disk, and does not spoil what follows', () => {
  const journal = openJournal(file);
  journal.append(event(1));
  journal.close();
  appendFileSync(file, '{"at":2,"kind":"step-sta');
  expect(readJournal(file)).toEqual([event(1)]);
  const again = openJournal(file);
  again.append(claim);
  again.append(event(3));
  again.close();
  expect(readJournal(file)).toEqual([event(1), claim, event(3)]);
  expect(readFileSync(file, 'utf8')).toContain('{"at":2,"kind":"step-sta\n');
});

test('a newer format is refused by name', () => {
  writeFileSync(file, '{"at":1,"kind":"run-started","format":2,"tool":"runbook 9.0.0"}\n');
  expect(() => readJournal(file)).toThrow(JournalError);
  expect(() => readJournal(file)).toThrow(/format 2, this runbook reads up to 1.*runbook 9\.0\.0/);
});

test('a journal that is not there is an error with its path', () => {
  expect(() => readJournal(join(folder, 'none.jsonl'))).toThrow(/none\.jsonl/);
});

test('an unreadable line in the middle is refused with its place, for what it told may have been a write', () => {
  for (const spoilt of ['garbage', '{"at":2,"kind":"step-sta', '{"at":2}', 'null']) {
    writeFileSync(file, [JSON.stringify(event(1)), spoilt, JSON.stringify(event(3)), ''].join('\n'));
    expect(() => readJournal(file), spoilt).toThrow(/^line 2 of the journal .* is no event/);
  }
});

test('a torn line before the claim of the next owner is left out', () => {
  writeFileSync(file, [JSON.stringify(event(1)), '{"at":2,"kind":"step-sta', JSON.stringify(claim), JSON.stringify(event(4)), ''].join('\n'));
  expect(readJournal(file)).toEqual([event(1), claim, event(4)]);
});

test.skipIf(!existsSync('/dev/full'))('a full disk is an error with the path, and nothing is written behind the half record', () => {
  const journal = openJournal('/dev/full');
  expect(() => journal.append(event(1))).toThrow(/cannot write the journal \/dev\/full: .*ENOSPC.*resume/s);
  expect(() => journal.append(event(2))).toThrow(JournalError);
  journal.close();
});

test('who has lost the run to another process writes nothing more', () => {
  const own: RunEvent = { at: 1, kind: 'owned', epoch: 1, pid: 1, born: '1', host: 'h', boot: 'b', id: 'mine' };
  const journal = openJournal(file, (events) => currentOwner(events)?.id === 'mine');
  journal.append(own);
  const other = openJournal(file);
  other.append({ ...own, id: 'lost the race' });
  journal.append({ at: 2, kind: 'run-ended', state: 'waiting' });
  other.append({ ...own, epoch: 2, id: 'took over' });
  expect(() => journal.append({ at: 3, kind: 'run-ended', state: 'passed' })).toThrow(/another process has taken over/);
  expect(() => journal.append({ at: 4, kind: 'run-ended', state: 'passed' })).toThrow(JournalError);
  for (const open of [journal, other]) open.close();
  expect(readJournal(file).map((event) => event.at)).toEqual([1, 1, 2, 1]);
});

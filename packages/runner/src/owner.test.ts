import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { build } from 'esbuild';
import { readJournal } from './journal.ts';
import { claimRun, currentOwner, isAlive } from './owner.ts';

let folder = '';
let journal = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'owner-'));
  journal = join(folder, 'journal.jsonl');
  writeFileSync(journal, '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the first claim of a fresh run wins, and its owner lives', () => {
  expect(claimRun(journal, 1)).toMatchObject({ kind: 'won', owner: { epoch: 1 } });
  const owner = currentOwner(readJournal(journal));
  expect(owner).toMatchObject({ pid: process.pid, host: hostname() });
  expect(owner !== undefined && isAlive(owner)).toBe(true);
});

test('a living owner keeps the run', () => {
  claimRun(journal, 1);
  expect(claimRun(journal, 2)).toMatchObject({ kind: 'owned', owner: { pid: process.pid } });
});

test('a dead owner of this machine is followed', () => {
  appendFileSync(journal, `${JSON.stringify({ at: 1, kind: 'owned', epoch: 4, pid: 2 ** 22 + 1, born: '1', host: hostname(), boot: 'another boot', id: 'x' })}\n`);
  expect(claimRun(journal, 2)).toMatchObject({ kind: 'won', owner: { epoch: 5 } });
});

test('an owner on another machine is never presumed dead', () => {
  appendFileSync(journal, `${JSON.stringify({ at: 1, kind: 'owned', epoch: 1, pid: 1, born: '1', host: 'another-host', boot: 'b', id: 'x' })}\n`);
  expect(claimRun(journal, 2)).toMatchObject({ kind: 'elsewhere', owner: { host: 'another-host' } });
  expect(claimRun(journal, 2, true)).toMatchObject({ kind: 'won', owner: { epoch: 2 } });
});

test('of ten processes that race for a dead run exactly one wins', async () => {
  appendFileSync(journal, `${JSON.stringify({ at: 1, kind: 'owned', epoch: 1, pid: 2 ** 22 + 1, born: '1', host: hostname(), boot: 'another boot', id: 'x' })}\n`);
  const racer = join(folder, 'racer.mjs');
  await build({
    stdin: { contents: `import { claimRun } from './owner.ts'; process.stdin.once('data', () => { process.stdout.write(claimRun(process.argv[2], 1).kind); setInterval(() => {}, 1000); }); process.stdout.write('?');`, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: racer,
    conditions: ['@runbook/source'],
    logLevel: 'silent',
  });
  const racers = Array.from({ length: 10 }, () => spawn(process.execPath, [racer, journal], { stdio: ['pipe', 'pipe', 'inherit'] }));
  try {
    const said = (child: (typeof racers)[number], pattern: RegExp): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = '';
        child.once('exit', () => reject(new Error('a racer died')));
        child.stdout.on('data', (chunk) => {
          text += String(chunk);
          if (pattern.test(text)) resolve(text);
        });
      });
    const ready = racers.map((child) => said(child, /\?/));
    await Promise.all(ready);
    const answers = racers.map((child) => said(child, /won|owned|elsewhere/));
    for (const child of racers) child.stdin.write('go');
    expect((await Promise.all(answers)).filter((answer) => answer.includes('won'))).toHaveLength(1);
  } finally {
    for (const child of racers) {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    }
  }
});

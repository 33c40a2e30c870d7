// Appends what a run of so many steps journals: node bench/journal.mjs FOLDER STEPS. Through the runner's own journal.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openJournal } from '../packages/runner/dist/journal.js';

const [folder = '', steps = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const journal = openJournal(join(folder, 'journal.jsonl'));
for (let i = 0; i < Number(steps); i += 1) {
  journal.append({ at: i, kind: 'step-started', step: `s${i}`, attempt: 1, effect: 'read', hash: 'x'.repeat(64) });
  journal.append({ at: i, kind: 'step-ended', step: `s${i}`, state: 'passed', log: `logs/s${i}.log`, exitCode: 0, snapshot: { file: `state/s${i}.bash`, sha256: 'x'.repeat(64) } });
}
journal.close();

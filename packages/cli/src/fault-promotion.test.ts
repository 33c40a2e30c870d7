// Bad days after the merge: the promotion or production fails, and what is there stays there.
import { test } from 'vitest';
import { setUpBench } from './command-harness.ts';
import { merged } from './fault-table.ts';
import { expectStopped } from './released-under.ts';

const bench = setUpBench();

test.each(merged)('$fault', async (day) => expectStopped(bench, day));

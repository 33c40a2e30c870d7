// Bad days once there is a pull request, until it is merged.
import { test } from 'vitest';
import { setUpBench } from './command-harness.ts';
import { late } from './fault-table.ts';
import { expectStopped } from './released-under.ts';

const bench = setUpBench();

test.each(late)('$fault', async (day) => expectStopped(bench, day));

// What each attribute means, in one sentence, with an example and the values worth offering. Hover, completion and
// docs/attributes.md are made of this table; what is right or wrong is the model's business alone.
import { attributeKeys, mayStandOn } from '@runbook/model';
import type { AttributeHost } from '@runbook/model';

/** One row of the table. */
export interface AttributeGuide {
  /** Full sentences, in Markdown. */
  readonly meaning: string;
  /** What a value looks like. */
  readonly values: string;
  /** One value, as it is written behind the equals sign. */
  readonly example: string;
  /** Values to offer. */
  readonly offers: 'steps' | 'earlier steps' | 'expression' | 'tags' | readonly string[];
}

const booleans = ['true', 'false'];
const durations = ['10s', '30s', '1m', '5m', '10m', '30m', '1h', '2h', '1d'];
const lengthOfTime = 'a length of time: `30s`, `10m`, `2h`, `1d`, `1h30m`';
const step = 'the name of a step';

const guides: Readonly<Record<string, AttributeGuide>> = {
  name: { meaning: 'The name of the step: other steps, the record of a run and `runbook approve` call it so.', values: 'letters, digits and `.` `_` `/` `-`, beginning with a letter or digit', example: 'push-tag', offers: [] },
  effect: {
    meaning: 'What the step may change: nothing (`read`), only the work folder of the run (`local`), or the outside (`write`). Without it a shell block counts as a write and a script block as a read. A dry run withholds writes.',
    values: '`read`, `local` or `write`',
    example: 'write',
    offers: ['read', 'local', 'write'],
  },
  verifies: {
    meaning: 'Tells whether that step is done; asked before it runs and after. Exit 0 or a truthy export: done. Exit 1 or a falsy export: not done. Anything else: unknown, and the step does not run. Must be `effect=read`.',
    values: step,
    example: 'push-tag',
    offers: 'steps',
  },
  absent: { meaning: 'The exit codes of a verifier that mean "not done". Without it: 1.', values: 'exit codes from 1 to 255 with commas between', example: '1,2', offers: ['1', '2'] },
  undoes: { meaning: 'Takes that step back. Offered after a failure, last step first, and run when a person agrees.', values: step, example: 'push-tag', offers: 'steps' },
  on: { meaning: 'The step runs by itself when the run failed, timed out or was cancelled, and only then.', values: '`failure`', example: 'failure', offers: ['failure'] },
  retry: { meaning: 'How many more times a failing step is tried, after pauses that double from 1 s to a minute. A write needs a verifier for that.', values: 'a number from 0 to 100', example: '3', offers: ['1', '2', '3', '5'] },
  timeout: { meaning: 'How long the step may take; for a gate, how long it is waited for in all.', values: lengthOfTime, example: '10m', offers: durations },
  poll: { meaning: 'Makes the step a gate: it is tried again at this distance until it is met. Needs `timeout` and `effect=read`.', values: lengthOfTime, example: '30s', offers: durations },
  'attempt-timeout': { meaning: 'How long one try of a gate may take.', values: lengthOfTime, example: '1m', offers: durations },
  if: { meaning: 'The step runs only when this is true. Undecidable, because something was withheld, makes it unreachable.', values: 'an expression over inputs, outputs and states of steps', example: '"passed(look)"', offers: 'expression' },
  needs: { meaning: 'The steps that must have passed, or been skipped because they were done, before this one runs.', values: 'names of earlier steps with commas between', example: 'push-tag,build', offers: 'earlier steps' },
  background: { meaning: 'The run goes on while this shell block runs beside it, in a process of its own with the folder and the exported variables of the session. It is ended with the run; one that fails before ends the run, once the step beside it is over.', values: '`true` or `false`', example: 'true', offers: booleans },
  ready: { meaning: "The gate behind this background block that tells when it can be used. It is asked on the machine's clock, in a rehearsal and a dry run too, and fails when the block ends first.", values: step, example: 'is-up', offers: 'steps' },
  interactive: { meaning: 'The shell block runs at a terminal of its own, for a person to type into, and what it exports is read back. Without a terminal the run is refused before it begins.', values: '`true` or `false`', example: 'true', offers: booleans },
  cwd: { meaning: 'The folder this block starts in.', values: 'a folder', example: 'source', offers: [] },
  interpreter: { meaning: 'The command that runs this block in a process of its own, whatever its language.', values: 'a command', example: 'python3', offers: ['python3', 'bash', 'node', 'ruby', 'perl'] },
  session: { meaning: '`none` runs a shell block in a process of its own: it sees the variables and folder of the others and changes neither.', values: '`none` or `shared`', example: 'none', offers: ['none', 'shared'] },
  tag: { meaning: 'Words to select steps by.', values: 'words with commas between', example: 'images,slow', offers: 'tags' },
  category: { meaning: 'The same as `tag`, as runme calls it.', values: 'words with commas between', example: 'images', offers: 'tags' },
  excludeFromRunAll: { meaning: 'The step is left out of a run unless it is asked for.', values: '`true` or `false`', example: 'true', offers: booleans },
  ignore: { meaning: 'The block is shown and never run.', values: '`true` or `false`', example: 'true', offers: booleans },
  approvers: { meaning: 'How many different people must tick this step. Two or more are verified: a login that a token proves, or another user of the machine.', values: 'a number from 1 to 20', example: '2', offers: ['1', '2', '3'] },
  with: { meaning: 'What the included document gets for its inputs: text, or with `$` the value of an input or output of this document.', values: 'pairs such as `version=$version channel=stable`', example: 'version=$version channel=stable', offers: [] },
  outputs: { meaning: 'The outputs of the included document that this document gets.', values: 'names of outputs with commas between', example: 'url', offers: [] },
  expect: { meaning: 'This block shows the output that step is expected to have.', values: step, example: 'look', offers: 'steps' },
  file: { meaning: 'The block is written to this file of the work folder when the run comes here.', values: 'a path below the work folder', example: 'config/app.yaml', offers: [] },
  source: { meaning: 'The block quotes this file; `runbook check` tells when the two have drifted apart.', values: 'an `https` URL or a path', example: 'cloudbuild.yaml', offers: [] },
};

/** The row of an attribute; undefined for keys that mean nothing here. */
export function guideOf(key: string): AttributeGuide | undefined {
  return Object.hasOwn(guides, key) ? guides[key] : undefined;
}

/** Every attribute with a row, in the order of the model. */
export function guidedKeys(): readonly string[] {
  return attributeKeys.filter((key) => Object.hasOwn(guides, key));
}

const hosts: readonly (readonly [AttributeHost, string])[] = [
  ['run', 'blocks that run'],
  ['manual', 'manual steps'],
  ['include', 'includes'],
  ['file', 'file blocks'],
  ['data', 'other blocks'],
];

/** What an attribute may stand on, in words. */
export function hostsOf(key: string): string {
  const names = hosts.filter(([host]) => mayStandOn(key, host)).map(([, words]) => words);
  return names.length === hosts.length ? 'everything' : names.join(', ');
}

/** The table of docs/attributes.md: one row an attribute. */
export function formatAttributeTable(): string {
  const rows = guidedKeys().map((key) => {
    const guide = guides[key];
    return guide === undefined ? '' : `| \`${key}\` | ${guide.meaning} | ${guide.values} | ${hostsOf(key)} |`;
  });
  return ['| attribute | meaning | values | stands on |', '|---|---|---|---|', ...rows].join('\n');
}

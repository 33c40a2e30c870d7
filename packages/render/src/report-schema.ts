// The JSON schema of a report (`runbook schema report`): the promise to programs that read `report --json`, `run --json` and
// `--report x.json`. What is not named here is not in a report; a name that is here stays, with its meaning.
import type { Effect, Mode } from '@runbook/access';
import type { ReportStep, RunState } from '@runbook/model';
import { stateMeanings } from './state.ts';

/** The part of JSON schema (draft 7) that is used here. */
export interface ReportSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly items?: ReportSchema;
  readonly properties?: Readonly<Record<string, ReportSchema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: ReportSchema;
  readonly additionalProperties?: boolean | ReportSchema;
  readonly oneOf?: readonly ReportSchema[];
}

const runStates: Readonly<Record<RunState, string>> = {
  running: 'it runs, or ran when this was written',
  waiting: 'it ended because it waits for a person or a gate, and can be resumed',
  passed: 'a live run is done',
  failed: 'a step failed; it can be resumed',
  interrupted: 'it was stopped; it can be resumed',
  cancelled: 'a person ended it for good',
  rehearsed: 'a rehearsal went through; nothing of it is real',
  dry: 'a dry run went through; writes were withheld',
};

const modes: readonly Mode[] = ['live', 'rehearse', 'dry-run'];
const effects: readonly Effect[] = ['read', 'local', 'write'];
const roles: readonly ReportStep['role'][] = ['step', 'verifier', 'undo', 'failure'];

const text = (description: string): ReportSchema => ({ type: 'string', description });
const count = (description: string): ReportSchema => ({ type: 'integer', minimum: 0, description });
const flag = (description: string): ReportSchema => ({ type: 'boolean', description });
const list = (items: ReportSchema, description: string): ReportSchema => ({ type: 'array', items, description });
const map = (values: ReportSchema, description: string): ReportSchema => ({ type: 'object', additionalProperties: values, description });
const word = (meanings: Readonly<Record<string, string>>, description: string): ReportSchema => ({ enum: Object.keys(meanings), description: `${description} ${Object.entries(meanings).map(([name, meaning]) => `${name}: ${meaning}.`).join(' ')}` });
const time = (description: string): ReportSchema => ({ type: 'string', pattern: '^(?:|[+-]?\\d{4,6}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)$', description: `${description} ISO 8601 in UTC, of the run's clock: in a rehearsal the world's.` });

function object(properties: Readonly<Record<string, ReportSchema>>, optional: readonly string[], description?: string): ReportSchema {
  return { type: 'object', ...(description === undefined ? {} : { description }), properties, required: Object.keys(properties).filter((name) => !optional.includes(name)), additionalProperties: false };
}

const person = object(
  {
    name: text('A login, or a user of the machine.'),
    verified: word({ forge: 'a login that a forge answered for a token', os: 'a user that the operating system knows', rehearsal: "one of the rehearsal world's people", none: 'nobody vouches for the name' }, 'What vouches for the name.'),
    forge: text('Address of the API that answered for the login.'),
    user: object({ uid: { type: 'integer' }, name: { type: 'string' }, host: { type: 'string' } }, [], 'The user of the machine, as its kernel told.'),
    claims: list({ type: 'string' }, 'Further names that the environment or a file claims; nobody vouches for them.'),
  },
  ['forge', 'user', 'claims'],
);

const step = object(
  {
    id: text('Its name, or one made of its place and content.'),
    heading: text('The headings above it.'),
    line: { type: 'integer', minimum: 1, description: 'Where it stands in its document.' },
    file: text('The included document that it is of; absent for steps of the runbook itself.'),
    state: word(stateMeanings, 'Where it stands.'),
    effect: { enum: effects, description: 'What it may change: nothing, the work folder of the run, the outside.' },
    role: { enum: roles, description: 'What it is for: a step of its own, to verify one, to undo one, or to run after a failure.' },
    verifies: text('For a verifier: the step.'),
    started: time('When it was first begun.'),
    finished: time('When it ended.'),
    durationMs: count('From the one to the other.'),
    exitCode: { type: 'integer', description: 'Of a shell block.' },
    outputs: map({}, 'What it published, by name. Values with a secret in them are left out.'),
    attempts: count('How often it was begun.'),
    evidence: text('What a person gave as evidence.'),
    by: text('Who ticked it; several names are separated by commas.'),
    reason: text('Why it is not plainly passed.'),
    link: text('A page that shows what it did.'),
    links: list({ type: 'string' }, 'Every such page, where there are several.'),
    log: text('File of its output, below the folder of the run.'),
    tail: list({ type: 'string' }, 'The last lines of its output, where it failed.'),
  },
  ['file', 'verifies', 'started', 'finished', 'durationMs', 'exitCode', 'evidence', 'by', 'reason', 'link', 'links', 'log', 'tail'],
);

const write = object(
  {
    step: text('The step that wrote.'),
    service: text('What was spoken to, or `shell`.'),
    method: text('The method of a request.'),
    target: text('The address of a request, or the command.'),
    body: text('What was sent, or would have been.'),
    withheld: flag('Whether it was held back: nothing left the machine.'),
    notFound: flag('Whoever looked before the step was tried again, a verifier or a person, did not find it done.'),
  },
  ['method', 'body', 'notFound'],
);

const approval = object(
  {
    step: text('The manual step, or the write that was cut off.'),
    by: person,
    evidence: text('A link or a line that shows it.'),
    at: time('When it was said.'),
    decision: word({ approve: 'yes', decline: 'no', done: 'somebody looked, and the write had happened', absent: 'somebody looked, and it had not' }, 'What was said.'),
    uncounted: text('Why it does not count towards the people that the step asks for.'),
  },
  ['evidence', 'uncounted'],
);

const input: ReportSchema = {
  oneOf: [
    object({ kind: { const: 'value' }, value: {}, from: { enum: ['given', 'environment', 'default', 'example'] } }, []),
    object({ kind: { const: 'secret' } }, [], 'Its value is nowhere.'),
  ],
};

/** The schema itself. */
export const reportSchema: ReportSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'The report of a run',
  ...object(
    {
      run: text('Its id.'),
      runbook: text('The file of the document, as it was named.'),
      title: text('Of the document.'),
      hash: text('SHA-256 of the document that the run goes by, in hex.'),
      state: word(runStates, 'Where the run stands.'),
      mode: { enum: modes, description: 'What was asked for.' },
      tool: text('Name and version of the command that began it.'),
      tools: list(object({ since: time('From when on.'), versions: map({ type: 'string' }, 'By name of the program.') }, []), 'Versions of programs; more than one entry when the run went on with others.'),
      world: text('For a rehearsal: what kept the outside away, and who ticked.'),
      commit: text('The commit of the document.'),
      dirty: flag('Whether the document had changes that were not committed.'),
      reason: text('Why the run is not plainly done.'),
      inputs: map(input, 'What it was given, by name.'),
      started: time('When it began.'),
      finished: time('When it ended.'),
      steps: list(step, 'All steps, in the order of the document.'),
      writes: list(write, 'What was written to the outside, and what was held back, in order.'),
      approvals: list(approval, 'What people said, in order.'),
      counts: { type: 'object', propertyNames: { enum: Object.keys(stateMeanings) }, additionalProperties: { type: 'integer', minimum: 1 }, description: 'How many steps stand in each state.' },
    },
    ['tools', 'world', 'commit', 'dirty', 'reason', 'finished'],
  ),
};

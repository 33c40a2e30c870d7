// The JSON schema of a runbook's front matter, for editors and for `runbook schema`. It says what the model's parser accepts,
// as far as a schema can: that a lock names declared inputs, and that a default fits pattern and choices, only `check` knows.
// Keys of other tools are left alone, as the parser leaves them.
import { reservedNames } from '@runbook/model';
import type { InputType } from '@runbook/model';

/** The part of JSON schema (draft 7) that is used here. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | null)[];
  readonly const?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly not?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

const types: readonly InputType[] = ['string', 'number', 'boolean', 'choice', 'list', 'secret'];

/** Nothing, as an empty YAML value is, counts as a key that is not there. */
const text: JsonSchema = { type: ['string', 'null'] };
const nothing: JsonSchema = { type: 'null' };
const list: JsonSchema = { type: ['array', 'null'], items: { type: 'string' } };

/** What a declaration of one type may say: values of its kind, and of `pattern` and `choices` only what makes sense. */
function typeRow(type: InputType, value: JsonSchema, others: Readonly<Record<'pattern' | 'choices', JsonSchema>>, required: readonly string[] = []): JsonSchema {
  return { properties: { type: { const: type }, default: value, example: value, ...others }, ...(required.length === 0 ? {} : { required }) };
}

const anything: JsonSchema = {};
const rows: readonly JsonSchema[] = [
  typeRow('string', text, { pattern: anything, choices: nothing }),
  typeRow('number', { type: ['number', 'null'] }, { pattern: nothing, choices: nothing }),
  typeRow('boolean', { type: ['boolean', 'null'] }, { pattern: nothing, choices: nothing }),
  typeRow('choice', text, { pattern: nothing, choices: { type: 'array' } }, ['choices']),
  typeRow('list', list, { pattern: anything, choices: anything }),
  typeRow('secret', nothing, { pattern: nothing, choices: nothing }),
];

const declaration: JsonSchema = {
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: {
    type: { enum: types, description: 'What a value is. A `secret` is hidden everywhere and never comes from the command line.' },
    description: { ...text, description: 'What the input is for; shown when it is asked for.' },
    default: { description: 'The value when none is given. A secret has none.' },
    example: { description: 'Stands in when nothing is run for real: in `plan`, a dry run and a rehearsal. A secret has none.' },
    required: { type: ['boolean', 'null'], description: '`false`: a run may start without a value.' },
    pattern: { ...text, format: 'regex', description: 'A JavaScript regular expression that the whole value must match; for a list, each item. Only for `string` and `list`.' },
    choices: { type: ['array', 'null'], minItems: 1, items: { type: 'string' }, description: 'The values to choose from. Only for `choice` and `list`.' },
    env: { ...text, pattern: '^[A-Za-z_][A-Za-z0-9_]*$', description: 'The environment variable a value is taken from when none is given.' },
  },
  anyOf: rows,
};

/** The schema of the front matter (draft 7). */
export const frontMatterSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Front matter of a runbook',
  type: 'object',
  properties: {
    title: { ...text, description: 'The title; without it, the first heading is.' },
    requires: { ...text, pattern: '^\\s*runbook(?:\\s*(?:>=|<=|[<>=])\\s*\\d{1,6}(?:\\.\\d{1,6}){0,2}){1,20}\\s*$', description: 'The oldest version that can run this document, for example `runbook >= 0.1`.' },
    lock: { ...text, pattern: '^(?:[^{}]|\\{[^{}]*\\})*$', description: 'The name of the release; a second live run of the same one is refused. `{version}` stands for the value of that input.' },
    inputs: {
      type: ['object', 'null'],
      description: 'The values a run needs, by name. Blocks use them as variables.',
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$', maxLength: 100, not: { enum: [...reservedNames].sort() } },
      additionalProperties: declaration,
    },
    cwd: { ...text, description: 'Where shell and script blocks begin, from the folder of this document. Without it they begin in the work folder of the run.' },
    shell: { ...text, description: 'What runs shell blocks that name no `interpreter`, for example `zsh`. Each such block is a process of its own.' },
    tag: { ...text, description: 'Tags of every step, with commas between.' },
    category: { ...text, description: 'The same as `tag`, as runme calls it.' },
  },
};

/** The schema of what stands at a path of keys; undefined where nothing is said of it. */
export function schemaAt(path: readonly string[]): JsonSchema | undefined {
  let schema: JsonSchema | undefined = frontMatterSchema;
  for (const key of path) {
    const known: JsonSchema | undefined = schema?.properties !== undefined && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    schema = known ?? (typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined);
  }
  return schema;
}

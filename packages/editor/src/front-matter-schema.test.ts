// The schema and the model's parser must say the same, in both directions. What only the parser can know is named here.
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRunbook, reservedNames } from '@runbook/model';
import { frontMatterSchema } from './index.ts';
import { schemaAt } from './front-matter-schema.ts';

const ajv = new Ajv({ strict: true, allowUnionTypes: true });
ajv.addFormat('regex', {
  type: 'string',
  validate: (pattern: string) => {
    try {
      return new RegExp(`^(?:${pattern})$`) instanceof RegExp;
    } catch {
      return false;
    }
  },
});
const validate = ajv.compile(frontMatterSchema);

/** What the parser refuses. JSON is front matter too, so values arrive as they are. */
function refusals(values: object): string[] {
  const { problems } = parseRunbook(`${JSON.stringify(values)}\n`, 'a.md');
  return problems.filter((problem) => problem.severity === 'error').map(({ code, message }) => `${code}: ${message}`);
}

/** What of it a schema cannot know: names across keys, and whether a value of the right kind fits a pattern or choices. */
function beyondSchema(refusal: string): boolean {
  return /^unknown-lock-name: the lock names|^bad-input-declaration: .* the (?:default|example) .* does not fit; expected (?:.* matching | one out of|.* out of )/.test(refusal);
}

const word = fc.constantFrom('a', 'v1', '', 'runbook >= 0.1', 'runbook 1', 'runbook>=1.2.3', '{v}', '{v', 'x{v}-{w}', '[', '(a', '\\d+', 'TOKEN', '1A', 'a b', '__proto__');
const scalar = fc.oneof(word, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
const wild = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 2, arbitrary: fc.array(fc.oneof(word, scalar), { maxLength: 3 }) }, { weight: 1, arbitrary: fc.dictionary(word, scalar, { maxKeys: 2 }) });
/** The parser looks past a key without a value, known or not; the schema refuses one that is not known. */
const something = wild.filter((value) => value !== null);
const type = fc.oneof({ weight: 9, arbitrary: fc.constantFrom('string', 'number', 'boolean', 'choice', 'list', 'secret') }, { weight: 1, arbitrary: wild });
const declaration = fc.oneof(
  { weight: 9, arbitrary: fc.record({ type, description: wild, default: wild, example: wild, required: wild, pattern: wild, choices: fc.oneof(wild, fc.array(word, { maxLength: 3 })), env: wild, other: something }, { requiredKeys: [] }).map((record) => Object.fromEntries(Object.entries(record).filter((_, index) => index < 4))) },
  { weight: 9, arbitrary: fc.record({ type, description: word, default: wild, env: fc.constant('TOKEN'), choices: fc.array(word, { minLength: 1, maxLength: 3 }) }, { requiredKeys: ['type'] }) },
  { weight: 1, arbitrary: wild },
);
const inputName = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('v', 'w', 'version', '_x') }, { weight: 1, arbitrary: fc.constantFrom('1a', 'a-b', '', 'PATH', 'a'.repeat(101), ...[...reservedNames].slice(0, 20)) });
const anything = fc.record({ title: wild, requires: fc.oneof(word, wild), lock: fc.oneof(word, wild), inputs: fc.oneof({ weight: 9, arbitrary: fc.dictionary(inputName, declaration, { maxKeys: 2 }) }, { weight: 1, arbitrary: wild }), tags: wild }, { requiredKeys: [] });

/** Declarations that are right, but for patterns and choices that a value may miss. */
const base = { description: word, required: fc.boolean(), env: fc.constant('TOKEN') };
const patterned = fc.constantFrom('\\d+', 'v.*', '[a]');
const right = fc.oneof(
  fc.record({ type: fc.constant('string'), ...base, default: word, example: word, pattern: patterned }, { requiredKeys: ['type'] }),
  fc.record({ type: fc.constant('number'), ...base, default: fc.integer(), example: fc.integer() }, { requiredKeys: ['type'] }),
  fc.record({ type: fc.constant('boolean'), ...base, default: fc.boolean(), example: fc.boolean() }, { requiredKeys: ['type'] }),
  fc.record({ type: fc.constant('choice'), ...base, choices: fc.array(word, { minLength: 1, maxLength: 3 }), default: word }, { requiredKeys: ['type', 'choices'] }),
  fc.record({ type: fc.constant('list'), ...base, choices: fc.array(word, { minLength: 1, maxLength: 3 }), default: fc.array(word, { maxLength: 2 }), pattern: patterned }, { requiredKeys: ['type'] }),
  fc.record({ type: fc.constant('secret'), ...base }, { requiredKeys: ['type'] }),
);
/** … and such with one key replaced. */
const nearlyRight = fc.tuple(right, fc.constantFrom('type', 'description', 'default', 'example', 'required', 'pattern', 'choices', 'env', 'other'), something).map(([one, key, value]) => ({ ...one, [key]: value }));
const nearly = fc.record(
  { title: word, requires: fc.constantFrom('runbook >= 0.1', 'runbook 1', ' runbook=1.2.3 '), lock: fc.constantFrom('{v}', '{v}-{w}', 'x'), inputs: fc.dictionary(fc.constantFrom('v', 'w', '_x'), fc.oneof({ weight: 3, arbitrary: right }, { weight: 1, arbitrary: nearlyRight }), { maxKeys: 2 }) },
  { requiredKeys: [] },
);
const frontMatter = fc.oneof({ weight: 1, arbitrary: anything }, { weight: 3, arbitrary: nearly });

test('the schema and the parser agree on any front matter', () => {
  const seen = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(frontMatter, (values) => {
      const valid = validate(values);
      const refused = refusals(values);
      seen[valid ? 'valid' : 'invalid'] += 1;
      if (valid) expect(refused.filter((one) => !beyondSchema(one))).toEqual([]);
      else expect(refused).not.toEqual([]);
    }),
    { numRuns: 2000 },
  );
  // Neither side may be hit by luck alone.
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(200);
});

const sound = {
  title: 'Release', requires: 'runbook >= 0.1', lock: '{v}-{l}', layout: 'post',
  inputs: {
    v: { type: 'string', pattern: 'v\\d+', default: 'v1', description: 'The tag', env: 'VERSION', required: false },
    n: { type: 'number', default: 1.5, example: 2 },
    b: { type: 'boolean', default: true },
    c: { type: 'choice', choices: ['a', 'b'], default: 'a' },
    l: { type: 'list', choices: ['a', 'b'], default: ['a'], pattern: '[ab]' },
    s: { type: 'secret', env: 'TOKEN', default: null },
  },
};

test('everything that may be said is fine for both', () => {
  expect(validate(sound)).toBe(true);
  expect(refusals(sound)).toEqual([]);
});

/** One change each that makes it wrong. */
const mutations: readonly (readonly [string, (values: typeof sound) => object])[] = [
  ['a title that is no text', (values) => ({ ...values, title: 1 })],
  ['a list for a lock', (values) => ({ ...values, lock: [] })],
  ['a brace without its partner', (values) => ({ ...values, lock: '{v' })],
  ['a requirement of something else', (values) => ({ ...values, requires: 'node >= 20' })],
  ['a requirement with words', (values) => ({ ...values, requires: 'runbook latest' })],
  ['a list of inputs', (values) => ({ ...values, inputs: ['v'] })],
  ['an input without a type', (values) => ({ ...values, inputs: { ...values.inputs, x: {} } })],
  ['an input that is a text', (values) => ({ ...values, inputs: { ...values.inputs, x: 'string' } })],
  ['an unknown type', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'text' } } })],
  ['an unknown key', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'string', defualt: 'a' } } })],
  ['a name with a dash', (values) => ({ ...values, inputs: { ...values.inputs, 'a-b': { type: 'string' } } })],
  ['a name that begins with a digit', (values) => ({ ...values, inputs: { ...values.inputs, '1a': { type: 'string' } } })],
  ['a name of JavaScript', (values) => ({ ...values, inputs: { ...values.inputs, class: { type: 'string' } } })],
  ['a name of the shell', (values) => ({ ...values, inputs: { ...values.inputs, PATH: { type: 'string' } } })],
  ['a name of the toolkit', (values) => ({ ...values, inputs: { ...values.inputs, github: { type: 'string' } } })],
  ['a name of 101 signs', (values) => ({ ...values, inputs: { ...values.inputs, ['a'.repeat(101)]: { type: 'string' } } })],
  ['a number as default of a text', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'string', default: 1 } } })],
  ['a text as default of a number', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'number', default: '1' } } })],
  ['a text as default of a boolean', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'boolean', example: 'yes' } } })],
  ['a text as default of a list', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'list', default: 'a' } } })],
  ['numbers in a default', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'list', default: [1] } } })],
  ['a secret with a default', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'secret', default: 'a' } } })],
  ['a secret with an example', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'secret', example: 'a' } } })],
  ['a secret with a pattern', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'secret', pattern: 'a' } } })],
  ['a number with a pattern', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'number', pattern: 'a' } } })],
  ['a choice with a pattern', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'choice', choices: ['a'], pattern: 'a' } } })],
  ['a choice without choices', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'choice' } } })],
  ['a choice of nothing', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'choice', choices: [] } } })],
  ['a choice of numbers', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'choice', choices: [1, 2] } } })],
  ['choices of a text', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'string', choices: ['a'] } } })],
  ['a pattern that is none', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'string', pattern: '(' } } })],
  ['a variable that is none', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'secret', env: 'A-B' } } })],
  ['required of a text', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'string', required: 'no' } } })],
  ['a description that is a number', (values) => ({ ...values, inputs: { ...values.inputs, x: { type: 'string', description: 1 } } })],
];

describe('both refuse', () => {
  test.each(mutations)('%s', (_name, mutate) => {
    const values = mutate(sound);
    expect(validate(values)).toBe(false);
    expect(refusals(values)).not.toEqual([]);
  });
});

test('the parser alone knows what a lock and a default refer to', () => {
  for (const values of [{ ...sound, lock: '{nobody}' }, { ...sound, lock: '{s}' }, { inputs: { v: { type: 'string', pattern: 'v\\d+', default: 'x' } } }, { inputs: { c: { type: 'choice', choices: ['a'], default: 'b' } } }]) {
    expect(validate(values)).toBe(true);
    expect(refusals(values).every(beyondSchema)).toBe(true);
    expect(refusals(values)).toHaveLength(1);
  }
});

test('each key is explained', () => {
  expect(Object.entries(frontMatterSchema.properties ?? {}).filter(([, schema]) => schema.description === undefined)).toEqual([]);
  expect(Object.entries(schemaAt(['inputs', 'v'])?.properties ?? {}).filter(([, schema]) => schema.description === undefined)).toEqual([]);
  expect(schemaAt(['nothing', 'here'])).toBeUndefined();
});

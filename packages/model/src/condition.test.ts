import { describe, expect, test } from 'vitest';
import { evaluateCondition, parseCondition } from './index.ts';
import type { ConditionScope } from './index.ts';

const scope: ConditionScope = {
  values: { version: 'v1.2.0', count: 3, live: true, images: ['a', 'b'], built: { url: 'https://x', ok: true }, nothing: null },
  unknown: new Set(['digest']),
  steps: { 'push-tag': 'passed', look: 'skipped', build: 'withheld', 'a/b.c': 'failed' },
};

const answer = (source: string): string => {
  const found = evaluateCondition(source, scope);
  return found.kind === 'problem' ? `problem: ${found.message}` : found.kind;
};

describe('expressions', () => {
  test.each([
    ['version == "v1.2.0"', 'true'],
    ["version != 'v1.2.0'", 'false'],
    ['version < "v2"', 'true'],
    ['count > 2', 'true'],
    ['count >= 3 && count <= 3', 'true'],
    ['count < -1', 'false'],
    ['live', 'true'],
    ['!live', 'false'],
    ['!!live', 'true'],
    ['nothing', 'false'],
    ['nothing == null', 'true'],
    ['version == null', 'false'],
    ['true || false && false', 'true'],
    ['(true || false) && false', 'false'],
    ['"a" in images', 'true'],
    ['count in [1, 2]', 'false'],
    ['version in []', 'false'],
    ['images == ["a", "b"]', 'true'],
    ['built.url == "https://x"', 'true'],
    ['built.ok', 'true'],
    ['built.none == null', 'true'],
    ['push-tag.state == "passed"', 'true'],
    ['a/b.c.state == "failed"', 'true'],
    ['passed(push-tag)', 'true'],
    ['passed(look)', 'false'],
    ['done(look) && skipped(look)', 'true'],
    ['failed(a/b.c)', 'true'],
    ['"it\\"s" == \'it"s\'', 'true'],
    // What hangs on something withheld is open, unless it does not matter.
    ['digest == "x"', 'undecidable'],
    ['!(digest == "x")', 'undecidable'],
    ['digest == "x" || live', 'true'],
    ['digest == "x" && !live', 'false'],
    ['digest == "x" && live', 'undecidable'],
    ['version in [digest]', 'undecidable'],
    ['passed(build)', 'undecidable'],
    ['build.state != "passed"', 'undecidable'],
    // Wrong at run time.
    ['other', 'problem: "other" has no value here'],
    ['toString', 'problem: "toString" has no value here'],
    ['version', 'problem: "version" is text, neither true nor false; compare it with something'],
    ['count == "3"', 'problem: "count" is a number and "3" is text; they can never be equal'],
    ['count < "3"', 'problem: "<" compares two numbers or two texts, not a number with text'],
    ['"a" in version', 'problem: "version" is text; "in" wants a list'],
    ['passed(constructor)', 'problem: there is no step "constructor"'],
    // Wrong grammar.
    ['', 'problem: the expression ends too early'],
    ['a = b', 'problem: "=" does not compare; write "=="'],
    ['a & b', 'problem: "&" is not an operator; write "&&"'],
    ['live live', 'problem: "live" is not expected here'],
    ['(live', 'problem: ")" is expected here'],
    ['"a', 'problem: the text has no closing quote'],
    ['exec(live)', 'problem: there is no function "exec"; there are done, passed, skipped, failed, declined, interrupted, undone'],
    ['passed("a")', 'problem: the name of a step is expected here'],
    ['push-tag', 'problem: "push-tag" is not the name of an input or output'],
    ['a; b', 'problem: ";" is not expected here'],
    ['1 == 2 == 3', 'problem: "==" is not expected here'],
    ['('.repeat(60), 'problem: the expression is nested too deeply'],
  ])('%s', (source, expected) => expect(answer(source)).toBe(expected));
});

test('the names and steps of an expression', () => {
  expect(parseCondition('a == 1 && (done(x-y) || b.c in [d]) && !(z.state == "failed") && a > 0')).toEqual({ kind: 'condition', names: ['a', 'b', 'd'], steps: ['x-y', 'z'] });
  expect(parseCondition('a = b')).toMatchObject({ kind: 'problem', offset: 2 });
});

// What steps may not say of each other. Codes and places of the plain cases are in problem-code.test.ts.
import { describe, expect, test } from 'vitest';
import { parseRunbook } from './index.ts';

const block = (info: string, code = 'true'): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;
const push = block('sh {name=push effect=write}');
const told = (text: string): string[] => parseRunbook(text, 'a.md').problems.map(({ code, line, message, hint }) => `${code} ${line} ${message}. ${hint}`);
const codes = (text: string): string[] => parseRunbook(text, 'a.md').problems.map(({ code, line }) => `${code} ${line}`);

describe('attributes that do not go together', () => {
  const value: Readonly<Record<string, string>> = { verifies: 'push', undoes: 'push', poll: '1s timeout=1m', on: 'failure', background: 'true', retry: '1', if: 'true', interactive: 'true' };
  test.each([
    ['verifies', 'poll', 'a verifier answers at once'],
    ['verifies', 'undoes', 'a verifier changes nothing'],
    ['verifies', 'on', 'a verifier runs with its step'],
    ['verifies', 'background', 'a verifier is waited for'],
    ['verifies', 'retry', 'a verifier answers at once'],
    ['verifies', 'if', 'a verifier runs with its step'],
    ['undoes', 'on', 'a step either undoes or runs by itself after a failure'],
    ['undoes', 'poll', 'undoing does not wait'],
    ['poll', 'retry', 'a gate tries again by itself'],
    ['poll', 'background', 'a gate is waited for'],
    ['poll', 'interactive', 'a gate tries again by itself'],
    ['retry', 'background', 'a block that runs beside the others is not tried again'],
    ['undoes', 'background', 'undoing is waited for'],
    ['on', 'background', 'what runs after a failure is waited for'],
    ['interactive', 'background', 'there is one terminal, and the blocks that follow use it'],
  ])('%s and %s', (one, other, reason) => {
    expect(told(push + block(`sh {effect=read ${one}=${value[one]} ${other}=${value[other]}}`))).toEqual([`attribute-conflict 4 "${one}" and "${other}" do not go together: ${reason}. Leave one of them out.`]);
  });

  test.each(['on=failure retry=1', 'on=failure if=true', 'undoes=push retry=1', 'poll=1s timeout=1m on=failure'])('%s do', (attributes) => {
    expect(told(push + block(`js {${attributes}}`))).toEqual([]);
  });

  test.each(['background', 'interactive'])('%s is for shell blocks', (key) => {
    expect(told(block(`js {${key}=true}`))).toEqual([`attribute-conflict 1 "${key}" is for shell blocks, and this is a script block. Write it as a shell block that starts a program.`]);
    expect(told(block(`sh {effect=read ${key}=true}`))).toEqual([]);
    expect(told(block(`js {${key}=false}`))).toEqual([]);
  });
});

describe('a background block', () => {
  const gate = block('sh {name=up effect=read poll=1s timeout=1m}');
  const server = block('sh {name=server effect=read background=true ready=up}');

  test('has no output and no verifier', () => {
    expect(told(block('sh {effect=read background=true}', 'export a=1'))).toEqual(['attribute-conflict 1 a background block has no end that others wait for, so nobody could use its output "a". Export it in a block that is waited for.']);
    expect(told(block('sh {name=s effect=local background=true}') + block('sh {effect=read verifies=s}'))).toEqual(['attribute-conflict 4 "s" runs in the background and is not done when it is verified. Say ready= there, and name a step that waits.']);
  });

  test('is ready by a gate that stands behind it', () => {
    const hint = 'Put a step with poll= and timeout= behind this block; the run waits there until it is met.';
    expect(told(server + gate)).toEqual([]);
    expect(told(gate + server)).toEqual([`bad-ready 4 "ready" names the step "up", which comes before this one. ${hint}`]);
    expect(told(server + block('sh {name=up effect=read}'))).toEqual([`bad-ready 1 "ready" names the step "up", which does not wait. ${hint}`]);
  });
});

describe('a gate', () => {
  test('waits at least for its second try', () => {
    expect(told(block('js {poll=1m timeout=59s}'))).toEqual(['bad-attribute-value 1 the gate gives up before its second try: timeout is shorter than poll. Wait longer, or poll more often.']);
    expect(told(block('js {poll=1m timeout=1m}'))).toEqual([]);
  });

  test.each([
    ['sh {name=a effect=local poll=1s timeout=1m}', 'effect=local'],
    ['sh {name=a effect=write poll=1s timeout=1m}', 'effect=write'],
    ['sh {name=a poll=1s timeout=1m}', 'effect=write (undeclared)'],
  ])('only reads: not %s', (info, effect) => {
    expect(told(block(info)).filter((row) => !row.startsWith('undeclared-effect'))).toEqual([`poll-not-read 1 a gate runs many times, but this step is ${effect}. Say effect=read, and read only.`]);
  });
});

describe('names of other steps', () => {
  test.each([
    ['needs=push', 'js {name=a needs=a}', '"needs" names the step itself. Name another step.'],
    ['ready=up', 'sh {name=a effect=read background=true ready=a}', '"ready" names the step itself. Name another step.'],
    ['verifies=push', 'js {name=a verifies=a}', '"verifies" names the step itself. Name another step.'],
    ['undoes=push', 'js {name=a undoes=pusch}', '"undoes" names the step "pusch", which does not exist. Did you mean "push"?'],
  ])('%s is fine, %s is not', (good, bad, message) => {
    const [key = ''] = good.split('=');
    const later = block('sh {name=up effect=read poll=1s timeout=1m}');
    expect(told(key === 'ready' ? block(`sh {effect=read background=true ${good}}`) + later : push + block(`js {${good}}`))).toEqual([]);
    expect(told(push + block(bad))[0]).toBe(`unknown-step 4 ${message}`);
  });

  test.each(['needs', 'if'])('"%s" looks back only', (key) => {
    const attribute = key === 'if' ? "if='passed(push)'" : 'needs=push';
    expect(told(block(`js {${attribute}}`) + push)).toEqual([`step-comes-later 1 "${key}" names the step "push", which comes later (line 4). Steps run in the order of the document: move one of them.`]);
  });

  test.each(['verifies=push', 'undoes=push'])('%s may stand before its step', (attributes) => {
    expect(told(block(`js {${attributes}}`) + push)).toEqual([]);
  });

  test('a name is taken once, in any kind of step', () => {
    expect(codes(`${push}- [ ] a <!-- {name=push} -->\n- [ ] b <!-- {name=other} -->\n`)).toEqual(['duplicate-name 4']);
    expect(codes(push + push + push)).toEqual(['duplicate-name 4', 'duplicate-name 7']);
  });

  test('two verify or undo two steps', () => {
    const both = push + block('sh {name=pull effect=write}');
    expect(told(both + block('js {verifies=push}') + block('js {verifies=pull}') + block('js {undoes=push}') + block('js {undoes=pull}'))).toEqual([]);
  });
});

describe('a step without a name', () => {
  test.each([
    ['sh', 'undeclared-effect 1'],
    ['sh {effect=write}', 'unnamed-write 1'],
    ['js {effect=write}', 'unnamed-write 1'],
  ])('%s is told', (info, code) => expect(codes(block(info))).toEqual([code]));
  test.each(['sh {name=a}', 'sh {effect=read}', 'sh {effect=local}', 'js', 'js {name=a effect=write}', 'text {file=a}'])('%s is not', (info) => expect(codes(block(info))).toEqual([]));
  test('an include is not', () => expect(codes('- [a](b.md) <!-- {include} -->\n- [a](c.md) <!-- {include effect=write} -->\n')).toEqual([]));
});

describe('a verifier', () => {
  test.each([
    ['sh {name=look effect=local verifies=push}', 'effect=local'],
    ['sh {name=look effect=write verifies=push}', 'effect=write'],
    ['sh {name=look verifies=push}', 'effect=write (undeclared)'],
  ])('only looks: not %s', (info, effect) => {
    expect(told(push + block(info))).toEqual([`verifier-not-read 4 a verifier only looks, but this step is ${effect}. Say effect=read, and read only.`]);
  });

  test('publishes what its step does', () => {
    const both = block('sh {name=push effect=write}', 'export a=1 b=2 c=3');
    expect(told(both + block('sh {effect=read verifies=push}', 'export b=1'))).toEqual(['verifier-lacks-output 4 "push" publishes a, c, its verifier does not; when the step is skipped nobody would. Export the same names in the verifier.']);
    expect(told(both + block('sh {effect=read verifies=push}', 'export a=1 b=2 c=3 d=4'))).toEqual([]);
  });

  test('lets its write be tried again, whatever stands between', () => {
    const retried = block('sh {name=push effect=write retry=2}');
    expect(codes(retried)).toEqual(['retry-without-verifier 1']);
    expect(codes(retried + push.replace('push', 'pull') + block('js {verifies=pull}'))).toEqual(['retry-without-verifier 1']);
    expect(codes(block('js {verifies=push}') + retried)).toEqual([]);
    expect(codes(block('sh {name=a effect=write retry=0}') + block('sh {name=b effect=local retry=2}') + block('sh {name=c effect=read retry=2}'))).toEqual([]);
  });
});

describe('outputs', () => {
  const [one, two] = [block('sh {name=one effect=read}', 'export a=1'), block('sh {name=two effect=read}', 'export a=2')];

  test('have one publisher', () => {
    expect(told(one + two)).toEqual(['duplicate-output 5 "a" is already published by "one" (line 1). Rename one of them.']);
    expect(codes(block('sh {effect=read}', 'export a=1; export a=2'))).toEqual([]);
    expect(told(`${one}- [x](b.md) <!-- {include outputs=a} -->\n`)).toEqual(['duplicate-output 4 "a" is already published by "one" (line 1). Rename one of them.']);
  });

  test('may be repeated by the verifier, on either side of its step', () => {
    const look = block('sh {name=look effect=read verifies=one}', 'export a=1');
    expect(codes(one + look)).toEqual([]);
    expect(codes(look + one)).toEqual([]);
    expect(codes(look + one + two)).toEqual(['duplicate-output 8']);
    expect(codes(one + block('sh {name=push effect=write}') + block('sh {effect=read verifies=push}', 'export a=1'))).toEqual(['duplicate-output 8']);
  });

  test('are there for who runs later', () => {
    const use = (attributes: string): string => block(`sh {${attributes}}`, 'echo "$a"');
    const late = 'used-before-produced 2';
    expect(codes(use('effect=read') + one)).toEqual([late]);
    expect(codes(one + use('effect=read'))).toEqual([]);
    expect(codes(use('name=u effect=write undoes=one') + one)).toEqual([]);
    expect(codes(use('effect=read on=failure') + one)).toEqual([]);
    expect(codes(block('sh {name=x effect=read}') + one + use('effect=read verifies=x'))).toEqual(['used-before-produced 8']);
    expect(codes(use('effect=read verifies=x') + one + block('sh {name=x effect=read}'))).toEqual([]);
  });

  test('are told once a step, and not where the block or the session sets the name itself', () => {
    expect(codes(block('sh {effect=read}', 'echo "$a" "$a"') + one)).toEqual(['used-before-produced 2']);
    expect(codes(block('sh {effect=read}', 'a=0') + block('sh {effect=read}', 'echo "$a"') + one)).toEqual([]);
    expect(codes(block('sh {effect=read}', 'a=0') + block('js', 'a') + one)).toEqual(['used-before-produced 5']);
    expect(codes(block('sh {effect=read}', 'echo "$a"') + block('sh {effect=read}', 'a=0') + one)).toEqual(['used-before-produced 2']);
  });

  test('in an expression are published above', () => {
    const asks = (attributes = ''): string => block(`js {if='a == "1"'${attributes}}`);
    expect(told(asks() + one)).toEqual(['used-before-produced 1 "a" is used here but published only later. Move the step.']);
    expect(codes(one + asks())).toEqual([]);
    expect(codes(block("sh {name=one effect=read if='a'}", 'export a=1'))).toEqual(['used-before-produced 1']);
    expect(codes(asks(' on=failure') + one)).toEqual([]);
    expect(told(block("js {if='versoin == a'}") + one.replace('export a', 'export version'))).toEqual([
      'unknown-name 1 "versoin" is neither an input nor an output. Did you mean "version"?',
      'unknown-name 1 "a" is neither an input nor an output. Put text in quotes.',
    ]);
    expect(told(`---\ninputs: { version: { type: string } }\n---\n${block("js {if='versoin'}")}`)).toEqual(['unknown-name 4 "versoin" is neither an input nor an output. Did you mean "version"?']);
    expect(codes(`---\ninputs: { version: { type: string } }\n---\n${block("js {if='version'}")}`)).toEqual([]);
    expect(told(`---\ninputs: { key: { type: secret, env: KEY } }\n---\n${block(`js {if='key == "x"'}`)}`)).toEqual(['bad-condition 4 "key" is a secret, and no expression sees one. Decide it in a block, and publish the answer.']);
    expect(told(one + block("js {if='one'}"))).toEqual(['unknown-name 4 "one" is neither an input nor an output. It is a step: say passed(one), or put text in quotes.']);
  });
});

test('placeholders are looked for in what runs only', () => {
  expect(codes(block('js', 'CHANGEME'))).toEqual(['placeholder 2']);
  expect(codes(`${block('text', 'CHANGEME')}${block('text {file=a}', 'CHANGEME')}- [ ] CHANGEME\n`)).toEqual([]);
});

// One wrong document for each code, with its place, and a right one beside it; and a row for each code in docs/errors.md.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Problem } from '@runbook/problem';
import { checkRequires, linkIncludes, parseRunbook, planRun, problemCodes, resolveInputs } from './index.ts';
import type { LoadDocument, ProblemCode } from './index.ts';

interface Case {
  readonly code: ProblemCode;
  /** The place is where the sign ▸ stands. */
  readonly bad: string;
  readonly good: string;
  readonly says: string;
  readonly hint: string;
}

const sh = (info: string, code = 'true'): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;
const yaml = (...rows: string[]): string => `---\n${rows.join('\n')}\n---\n`;
const read = sh('sh {name=look effect=read}');
const write = sh('sh {name=push effect=write}');
const publish = sh('sh {name=push effect=write}', 'export d=1');

const howTo = 'Write {key=value key="value with spaces"} or {"key":"value"}.';
const closeIt = 'Close it with a line of the same marks, as many or more, and nothing behind them.';
const indentLess = 'Indent the fence as far as the text of its list item, not four or more columns further.';

const cases: readonly Case[] = [
  { code: 'bad-front-matter', bad: yaml('title: x', 'a: [1', '▸b: 2'), good: yaml('title: x', 'a: [1]', 'b: 2'),
    says: 'the front matter cannot be read: Flow sequence in block collection must be sufficiently indented and end with a ]', hint: 'Quote text that holds signs.' },
  { code: 'bad-front-matter', bad: '▸---\ntitle: x\n\ntext\n', good: '---\n\nA rule above prose.\n',
    says: 'the front matter is never closed', hint: 'Close it with a line that repeats its first one.' },
  { code: 'bad-front-matter', bad: '▸+++\ntitle = "x"\n', good: 'a\n+++\n',
    says: 'the front matter is never closed', hint: 'Close it with a line that repeats its first one.' },
  { code: 'bad-front-matter', bad: '---\n▸just text\n---\n', good: '---\n\njust text\n\n---\n',
    says: 'the front matter is not a list of keys and values', hint: 'Write "key: value" lines.' },
  { code: 'bad-front-matter', bad: yaml('▸title: 7'), good: yaml('title: "7"'),
    says: 'title is not text', hint: 'Put the value in quotes.' },
  { code: 'bad-front-matter', bad: '+++\ntitle = "x"\na = ▸= 1\n+++\n', good: '+++\ntitle = "x"\na = 1\n+++\n',
    says: 'the front matter cannot be read: invalid value', hint: 'See https://toml.io for the grammar.' },
  { code: 'bad-front-matter', bad: '{\n"title": "x",\n▸"title": "y" }\n', good: '{\n"title": "x", "tags": ["{"] }\ntext',
    says: 'the key "title" is given twice', hint: 'Keep one of them.' },
  { code: 'bad-front-matter', bad: yaml('▸inputs: [version]'), good: yaml('inputs: { version: { type: string } }'),
    says: 'inputs is not a list of names with declarations', hint: 'Write inputs: { version: { type: string } }.' },
  { code: 'misspelt-front-matter', bad: yaml('title: x', '▸input: {}'), good: yaml('title: x', 'inputs: {}', 'date: 2021-04-22', 'tags: [a]', 'block: 1'),
    says: '"input" means nothing here', hint: 'Did you mean "inputs"?' },
  { code: 'bad-requires', bad: yaml('▸requires: newest'), good: yaml('requires: runbook >= 0.1'),
    says: 'requires is "newest"; expected comparisons such as "runbook >= 0.1 < 2"', hint: 'Name the oldest version that can run this document.' },
  { code: 'bad-requires', bad: yaml('▸requires: runbook ^0.1'), good: yaml('requires: runbook > 0.1.2 <=2 = 1.4'),
    says: 'requires is "runbook ^0.1"; expected comparisons such as "runbook >= 0.1 < 2"', hint: 'Name the oldest version that can run this document.' },
  { code: 'bad-requires', bad: yaml('▸requires: runbook >= 0.1 ||'), good: yaml('requires: runbook>=0.1'),
    says: 'requires is "runbook >= 0.1 ||"; expected comparisons such as "runbook >= 0.1 < 2"', hint: 'Name the oldest version that can run this document.' },
  { code: 'unknown-lock-name', bad: yaml('▸lock: "{verson}"', 'inputs: { version: { type: string } }'), good: yaml('lock: "{version}"', 'inputs: { version: { type: string } }'),
    says: 'the lock names the input "verson", which is not declared', hint: 'Did you mean "version"?' },
  { code: 'unknown-lock-name', bad: yaml('▸lock: "{token}"', 'inputs: { token: { type: secret } }'), good: yaml('lock: "fixed"'),
    says: 'the lock names the secret "token", but locks are shown', hint: 'Name another input.' },
  { code: 'unknown-lock-name', bad: yaml('▸lock: "a}"'), good: yaml('lock: a'),
    says: 'the lock "a}" has a brace without its partner', hint: 'Write {name} for the value of an input.' },
  { code: 'bad-input-name', bad: yaml('inputs:', '  ▸my-tag: { type: string }'), good: yaml('inputs:', '  my_tag: { type: string }'),
    says: '"my-tag" cannot be the name of an input; expected letters, digits and _, beginning with a letter', hint: 'Rename it.' },
  { code: 'reserved-name', bad: yaml('inputs:', '  ▸PATH: { type: string }'), good: yaml('inputs:', '  path2: { type: string }'),
    says: 'the name "PATH" belongs to JavaScript, the shell or the toolkit', hint: 'Rename the input.' },
  { code: 'reserved-name', bad: sh('sh {effect=read}', 'export ▸registry=x'), good: sh('sh {effect=read}', 'export PATH=$PATH:/x registry2=x'),
    says: 'the name "registry" belongs to JavaScript, the shell or the toolkit', hint: 'Rename the output.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { ▸type: text }'), good: yaml('inputs:', '  v: { type: string }'),
    says: 'input "v": "text" is no type; expected one of string, number, boolean, choice, list, secret', hint: 'Say type: string, or another type.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  ▸v: string'), good: yaml('inputs:', '  v: { type: string }'),
    says: 'input "v": the declaration is not a list of keys', hint: 'Write { type: string }.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  ▸v: { description: x }'), good: yaml('inputs:', '  v: { type: number, description: x }'),
    says: 'input "v": it has no type', hint: 'Say type: string, or another type.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: string, ▸default: 1.20 }'), good: yaml('inputs:', "  v: { type: string, default: '1.20' }"),
    says: 'input "v": the default 1.2 does not fit; expected text', hint: 'Put it in quotes if it is text.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: secret, ▸default: hunter22 }'), good: yaml('inputs:', '  v: { type: secret, env: V }'),
    says: 'input "v": default makes no sense for the type secret', hint: 'Leave it out.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: secret, ▸env: a-b }'), good: yaml('inputs:', '  v: { type: secret, env: a_b }'),
    says: 'input "v": env is not the name of an environment variable', hint: 'Say env: GITHUB_TOKEN.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: string, ▸required: maybe }'), good: yaml('inputs:', '  v: { type: string, required: false }'),
    says: 'input "v": required is neither true nor false', hint: 'Say required: false.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: string, ▸description: 7 }'), good: yaml('inputs:', '  v: { type: string, description: "7" }'),
    says: 'input "v": the description is not text', hint: 'Put it in quotes.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: number, ▸pattern: a }'), good: yaml('inputs:', '  v: { type: number, default: 1 }'),
    says: 'input "v": pattern makes no sense for the type number', hint: 'Leave it out.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', "  v: { type: string, ▸pattern: '(' }"), good: yaml('inputs:', "  v: { type: string, pattern: '\\(' }"),
    says: 'input "v": the pattern is no regular expression', hint: 'Put it in single quotes, and escape signs.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { ▸type: choice }'), good: yaml('inputs:', '  v: { type: choice, choices: [a, b] }'),
    says: 'input "v": a choice needs choices', hint: 'Say choices: [a, b].' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: choice, ▸choices: [1, 2] }'), good: yaml('inputs:', '  v: { type: choice, choices: ["1", "2"] }'),
    says: 'input "v": choices is not a list of texts', hint: 'Put numbers and yes/no in quotes.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: choice, choices: [a], ▸example: b }'), good: yaml('inputs:', '  v: { type: choice, choices: [a], example: a }'),
    says: 'input "v": the example "b" does not fit; expected one out of a', hint: 'Correct it.' },
  { code: 'bad-input-declaration', bad: yaml('inputs:', '  v: { type: boolean, ▸default: "yes" }'), good: yaml('inputs:', '  v: { type: boolean, default: true }'),
    says: 'input "v": the default "yes" does not fit; expected true or false', hint: 'Correct it.' },
  { code: 'bad-input-declaration', bad: '+++\n[inputs]\nv = { type="list", ▸choices="a" }\n+++\n', good: '+++\n[inputs]\nv = { type="list", choices=["a"] }\n+++\n',
    says: 'input "v": choices is not a list of texts', hint: 'Put numbers and yes/no in quotes.' },
  { code: 'bad-input-declaration', bad: '+++\n[inputs.v]\n▸type = "word"\n+++\n', good: '+++\n[inputs.v]\ntype = "string"\n+++\n',
    says: 'input "v": "word" is no type; expected one of string, number, boolean, choice, list, secret', hint: 'Say type: string, or another type.' },
  { code: 'unknown-input-key', bad: yaml('inputs:', '  v: { type: string, ▸patern: a }'), good: yaml('inputs:', '  v: { type: string, pattern: a }'),
    says: 'input "v" has the unknown key "patern"', hint: 'Did you mean "pattern"?' },
  { code: 'nesting-too-deep', bad: `a\n▸${'>'.repeat(101)} x\n`, good: `a\n${'>'.repeat(100)} x\n${'* '.repeat(120)}\n`,
    says: 'quotes and lists are nested more than 100 deep here', hint: 'Flatten the document.' },
  { code: 'nesting-too-deep', bad: `a\n▸${'- '.repeat(101)}x\n`, good: `a\n${'- '.repeat(100)}x\n`,
    says: 'quotes and lists are nested more than 100 deep here', hint: 'Flatten the document.' },
  { code: 'nesting-too-deep', bad: `${'> '.repeat(100)}a\n▸${'> '.repeat(100)}- a\n`, good: `${'> '.repeat(100)}a\n\n${' '.repeat(202)}- x\n`,
    says: 'quotes and lists are nested more than 100 deep here', hint: 'Flatten the document.' },
  { code: 'unclosed-fence', bad: 'a\n▸```sh\nls\n``` sh\n', good: 'a\n```text\nls\n```\n',
    says: 'this fence is never closed', hint: closeIt },
  { code: 'unclosed-fence', bad: '▸````text\n```\n', good: '````text\n```\n`````\n',
    says: 'this fence is never closed', hint: closeIt },
  { code: 'unclosed-fence', bad: '1. a\n   ▸```sh {effect=read}\n   ls\nb\n', good: '1. a\n   ```sh {effect=read}\n   ls\n   ```\nb\n',
    says: 'this fence is not closed before its list item or quote ends', hint: closeIt },
  { code: 'lazy-quote-fence', bad: '> ▸```sh {effect=read}\n> ls\nls\n', good: '> ```sh {effect=read}\n> ls\n> ls\n> ```\n',
    says: 'this fence ends with its quote, because the next line has no ">"', hint: 'Begin every line of the block with ">", or move the block out of the quote.' },
  { code: 'over-indented-fence', bad: '- a\n      ▸```sh\n      ls\n      ```\n', good: '- a\n  ```sh {effect=read}\n  ls\n  ```\n',
    says: 'this fence is indented so far that it is part of the paragraph', hint: indentLess },
  { code: 'over-indented-fence', bad: '- a\n\n      ▸```sh\n      ls\n      ```\n', good: '- a\n\n  ```sh {effect=read}\n  ls\n  ```\n',
    says: 'this fence is indented so far that it is plain text', hint: indentLess },
  { code: 'over-indented-fence', bad: '!!! note\n    ▸~~~\n    ls\n    ~~~\n', good: '!!! note\n    ls\n',
    says: 'this fence is indented so far that it is part of the paragraph', hint: indentLess },
  { code: 'fence-in-html', bad: '<details>\n▸```sh\nls\n```\n</details>\n', good: '<details>\n\n```sh {effect=read}\nls\n```\n\n</details>\n',
    says: 'this fence lies inside HTML and is no block', hint: 'Leave an empty line between the HTML and the fence, or move the block out of the comment.' },
  { code: 'fence-in-html', bad: '<!-- ▸```variables\nexport A=b\n``` -->\n', good: '<!-- a remark -->\n',
    says: 'this fence lies inside HTML and is no block', hint: 'Leave an empty line between the HTML and the fence, or move the block out of the comment.' },
  { code: 'not-a-fence', bad: '▸```sh {name=`x`} text\n', good: 'A span ```x``` of code.\n\n```x``` too\n',
    says: 'this line is no fence, because there is a backquote behind its marks', hint: 'Use ~~~ as the fence, or write the attributes without backquotes.' },
  { code: 'bad-attributes', bad: sh('sh { ▸name: "test" }'), good: sh('sh { name=test effect=read }'),
    says: '"name:" is not a key', hint: 'Write name=value, without colon or comma.' },
  { code: 'bad-attributes', bad: sh('sh {"nested":▸{"a":"b"}}'), good: sh('sh {"name":"b","effect":"read"}'),
    says: 'the value of "nested" is neither text, number, true nor false', hint: howTo },
  { code: 'bad-attributes', bad: sh('sh {"name" ▸"b"}'), good: sh('sh {"name" : "b" , "effect":"read"}'),
    says: '":" is expected behind "name"', hint: howTo },
  { code: 'bad-attributes', bad: sh('sh {"name":"b"▸;}'), good: sh('sh {"name":"b","retry":1,"effect":"read"}'),
    says: '"," or "}" is expected here', hint: howTo },
  { code: 'bad-attributes', bad: sh('sh {"name":"x"} ▸{"tag":"y"}'), good: sh('sh {"name":"x","tag":"y","effect":"read"}'),
    says: 'there is a second group of attributes', hint: 'Put all attributes into one pair of braces.' },
  { code: 'bad-attributes', bad: sh('sh { cwd=.. ▸"id":"01" }'), good: sh('sh { cwd=.. id=01 effect=read }'),
    says: '"\\"id\\":\\"01\\"" is not an attribute', hint: howTo },
  { code: 'bad-attributes', bad: sh('sh {▸name=a,tag=b}'), good: sh('sh {name=a tag=b effect=read}'),
    says: 'the value "a,tag=b" of "name" holds a further "="', hint: 'Separate attributes with spaces, or quote the value.' },
  { code: 'bad-attributes', bad: sh('sh {name=▸"a}'), good: sh('sh {name="a" effect=read}'),
    says: 'the value has no closing quote', hint: howTo },
  { code: 'bad-attributes', bad: sh('sh {name=▸"a"b}'), good: sh('sh {name=\'a\' effect=read}'),
    says: '"b" is not expected behind a quoted value', hint: howTo },
  { code: 'bad-attributes', bad: sh('sh {▸background}'), good: sh('sh {background=true effect=read}'),
    says: '"background" has no value', hint: 'Write background=true.' },
  { code: 'bad-attributes', bad: sh('sh▸{name=a}'), good: sh('sh {name=a effect=read}'),
    says: 'the attributes touch the language', hint: 'Put a space between the language and the brace.' },
  { code: 'bad-attributes', bad: sh('{▸.bash .n}'), good: sh('js title=x {1,3}'),
    says: '".bash" is an attribute of another Markdown dialect', hint: howTo },
  { code: 'bad-attributes', bad: sh('{▸r, echo=FALSE}'), good: sh('r'),
    says: '"r," is not a key', hint: 'Write r=value, without colon or comma.' },
  { code: 'bad-attributes', bad: sh('sh▸\u00a0{name=a}'), good: sh('sh\t{name=a effect=read}'),
    says: 'the fence holds the space character U+00A0', hint: 'Use an ordinary space.' },
  { code: 'bad-attributes', bad: sh('sh ▸name=a'), good: sh('sh title=a {effect=read} {}'),
    says: '"name" stands outside braces', hint: 'Write {name=a}.' },
  { code: 'bad-attributes', bad: sh('sh ▸{name=a'), good: sh('sh {name=a effect=read}'),
    says: 'the attributes have no closing brace', hint: howTo },
  { code: 'unknown-attribute', bad: sh('sh {▸effct=read}'), good: sh('sh {effect=read promptEnv=no runme.dev/id=1}'),
    says: '"effct" is no attribute', hint: 'Did you mean "effect"?' },
  { code: 'unknown-attribute', bad: sh('sh {▸"a":"}"}'), good: sh('sh {"cwd":"}","effect":"read"}'),
    says: '"a" is no attribute', hint: 'There are name, effect, verifies, absent, undoes, on, retry, timeout, poll, attempt-timeout, if, needs, background, ready, interactive, cwd, interpreter, session, tag, category, excludeFromRunAll, ignore, approvers, with, outputs, expect, file, source.' },
  { code: 'unknown-attribute', bad: '- [ ] Look. <!-- {▸aprovers=2} -->\n', good: '- [ ] Look. <!-- {approvers=2} -->\n',
    says: '"aprovers" is no attribute', hint: 'Did you mean "approvers"?' },
  { code: 'duplicate-attribute', bad: sh('sh {name=a ▸name=b}'), good: sh('sh {name=a effect=read}'),
    says: '"name" is given twice', hint: 'Keep one of them.' },
  { code: 'duplicate-attribute', bad: sh('sh {"name":"a",▸"name":"b"}'), good: sh('sh {"name":"a","effect":"read"}'),
    says: '"name" is given twice', hint: 'Keep one of them.' },
  { code: 'attribute-not-here', bad: sh('yaml {▸effect=write}'), good: sh('yaml {name=a}'),
    says: '"effect" has no meaning on a block that does not run', hint: '"yaml" is data. Use a language that runs, or name an interpreter.' },
  { code: 'attribute-not-here', bad: sh('bash {▸file=a}'), good: sh('text {file=a}'),
    says: '"file" has no meaning on a block that runs', hint: 'Use a language that does not run, for example text, or say ignore=true.' },
  { code: 'attribute-not-here', bad: sh('js {effect=read ▸approvers=2}'), good: '- [ ] a <!-- {approvers=2} -->\n',
    says: '"approvers" has no meaning on a block that runs', hint: 'Leave it out.' },
  { code: 'attribute-not-here', bad: '- [ ] a <!-- {▸poll=3s} -->\n', good: '- [ ] a <!-- {timeout=3d} -->\n',
    says: '"poll" has no meaning on a manual step', hint: 'Leave it out.' },
  { code: 'attribute-conflict', bad: write + sh('sh {verifies=push effect=read timeout=1m ▸poll=1s}'), good: write + sh('sh {verifies=push effect=read}'),
    says: '"verifies" and "poll" do not go together: a verifier answers at once', hint: 'Leave one of them out.' },
  { code: 'attribute-conflict', bad: write + sh('sh {name=v verifies=push effect=read}') + sh('sh {effect=read ▸verifies=v}'), good: write + sh('sh {name=v verifies=push effect=read}'),
    says: '"v" is a verifier itself', hint: 'Verify the step that does something.' },
  { code: 'attribute-incomplete', bad: sh('sh {effect=read ▸poll=1m}'), good: sh('sh {effect=read poll=1m timeout=1h attempt-timeout=10s}'),
    says: '"poll" needs "timeout"', hint: 'Say how long to wait at most, for example timeout=2h.' },
  { code: 'attribute-incomplete', bad: sh('sh {effect=read ▸absent=1,2}'), good: write + sh('sh {effect=read absent=1,2 verifies=push}'),
    says: '"absent" needs "verifies"', hint: 'It belongs to a verifier.' },
  { code: 'attribute-incomplete', bad: sh('sh {effect=read ▸attempt-timeout=1m}'), good: sh('sh {effect=read timeout=1m}'),
    says: '"attempt-timeout" needs "poll"', hint: 'Use timeout for a step that is no gate.' },
  { code: 'attribute-incomplete', bad: sh('sh {effect=read ▸ready=up}') + sh('sh {name=up effect=read poll=1s timeout=1m}'), good: sh('sh {effect=read background=true ready=up}') + sh('sh {name=up effect=read poll=1s timeout=1m}'),
    says: '"ready" needs "background"', hint: 'Say background=true.' },
  { code: 'attributes-to-nowhere', bad: '- Look <!-- ▸{name=a} -->\n', good: '- [ ] Look <!-- {name=a} -->\n- plain <!-- a remark -->\n',
    says: 'these attributes stand on an item that is no step', hint: 'Begin the item with "[ ] ", or make it a link with {include}.' },
  { code: 'attributes-to-nowhere', bad: '- [ ] Look ▸<!-- {name=a} --> here\n', good: '- [ ] Look here <!-- {name=a} -->\n',
    says: 'these attributes do not stand at the end of their item', hint: 'Move the comment to the end.' },
  { code: 'attributes-to-nowhere', bad: '- See b. <!-- ▸{include} -->\n', good: '- [b](b.md) <!-- {include} -->\n',
    says: 'include stands on an item that is not just a link', hint: 'Write - [title](other.md) <!-- {include} -->.' },
  { code: 'attributes-to-nowhere', bad: read + '\n<!-- ▸{name=a} -->\n', good: read + '\n<!-- {not: ours} -->\n',
    says: 'these attributes belong to no step', hint: 'Write those of a block behind its language, those of a "[ ]" item at its end.' },
  { code: 'duplicate-name', bad: read + sh('sh {▸name=look effect=local}'), good: read + sh('sh {name=look2 effect=local}'),
    says: 'the name "look" is already taken by the step on line 1', hint: 'Give each step a name of its own.' },
  { code: 'unknown-step', bad: write + sh('sh {effect=read ▸verifies=psh}'), good: write + sh('sh {effect=read verifies=push}'),
    says: '"verifies" names the step "psh", which does not exist', hint: 'Did you mean "push"?' },
  { code: 'unknown-step', bad: sh('sh {effect=read ▸needs=a}'), good: read + sh('sh {effect=read needs=look}'),
    says: '"needs" names the step "a", which does not exist', hint: 'Give a step that name.' },
  { code: 'unknown-step', bad: sh('sh {effect=read background=true ▸ready=a}'), good: sh('sh {effect=read background=true ready=up}') + sh('sh {name=up effect=read poll=1s timeout=1m}'),
    says: '"ready" names the step "a", which does not exist', hint: 'Give a step that name.' },
  { code: 'unknown-step', bad: sh("sh {effect=read ▸if='passed(a)'}"), good: read + sh("sh {effect=read if='passed(look)'}"),
    says: '"if" names the step "a", which does not exist', hint: 'Give a step that name.' },
  { code: 'unknown-step', bad: sh('text {▸expect=look}'), good: read + sh('text {expect=look}'),
    says: '"expect" names the step "look", which does not exist', hint: 'Give a step that name.' },
  { code: 'unknown-step', bad: sh('sh {name=a ▸undoes=a effect=read}'), good: read + sh('sh {name=a undoes=look effect=read}'),
    says: '"undoes" names the step itself', hint: 'Name another step.' },
  { code: 'step-comes-later', bad: sh('sh {effect=read ▸needs=look}') + read, good: read + sh('sh {effect=read needs=look}'),
    says: '"needs" names the step "look", which comes later (line 4)', hint: 'Steps run in the order of the document: move one of them.' },
  { code: 'verifier-not-read', bad: write + sh('sh {▸verifies=push}'), good: write + sh('js {verifies=push}'),
    says: 'a verifier only looks, but this step is effect=write (undeclared)', hint: 'Say effect=read, and read only.' },
  { code: 'duplicate-verifier', bad: write + sh('sh {effect=read verifies=push}') + sh('sh {effect=read ▸verifies=push}'), good: write + sh('sh {effect=read verifies=push}'),
    says: '"push" already has one: the step on line 4 verifies it too', hint: 'Keep one of them.' },
  { code: 'verifier-lacks-output', bad: publish + sh('sh {effect=read ▸verifies=push}'), good: publish + sh('sh {effect=read verifies=push}', 'd=2; export d'),
    says: '"push" publishes d, its verifier does not; when the step is skipped nobody would', hint: 'Export the same names in the verifier.' },
  { code: 'poll-not-read', bad: sh('sh {▸poll=1s timeout=1m name=a}'), good: sh('ts {poll=1s timeout=1m name=a}'),
    says: 'a gate runs many times, but this step is effect=write (undeclared)', hint: 'Say effect=read, and read only.' },
  { code: 'bad-ready', bad: sh('sh {name=server effect=read background=true ▸ready=up}') + sh('sh {name=up effect=read}'), good: sh('sh {name=server effect=read background=true ready=up}') + sh('sh {name=up effect=read poll=1s timeout=1m}'),
    says: '"ready" names the step "up", which does not wait', hint: 'Put a step with poll= and timeout= behind this block; the run waits there until it is met.' },
  { code: 'retry-without-verifier', bad: sh('sh {effect=write ▸retry=2 name=push}'), good: sh('sh {effect=write retry=2 name=push}') + sh('sh {effect=read verifies=push}'),
    says: 'a write that is tried again might be done twice', hint: 'Add a block with verifies= that tells whether it was done.' },
  { code: 'duplicate-undo', bad: write + sh('sh {name=u effect=write undoes=push}') + sh('sh {name=w ▸undoes=push}'), good: write + sh('sh {name=u effect=write undoes=push}'),
    says: '"push" already has one: the step on line 4 undoes it too', hint: 'Keep one of them.' },
  { code: 'duplicate-output', bad: sh('sh {effect=read}', 'export a=1') + sh('sh {effect=read}', 'export ▸a=2'), good: sh('sh {effect=read}', 'export a=1') + sh('sh {effect=read}', 'export b=2'),
    says: '"a" is already published by "shell-c3478b" (line 1)', hint: 'Rename one of them.' },
  { code: 'output-is-input', bad: yaml('inputs: { v: { type: string } }') + sh('js', 'export const ▸v = 1'), good: yaml('inputs: { v: { type: string } }') + sh('js', 'export const w = 1'),
    says: '"v" is an input; a step cannot publish it', hint: 'Rename the output.' },
  { code: 'used-before-produced', bad: sh('sh {effect=read}', 'echo "$▸a"') + sh('sh {effect=read}', 'export a=1'), good: sh('sh {effect=read}', 'a=0; echo "$a" $b') + sh('sh {effect=read}', 'export a=1'),
    says: '"a" is used here but published only later', hint: 'Move the step, or take the value from somewhere else.' },
  { code: 'used-before-produced', bad: '- ```js\n  ▸a\n  ```\n- ```js\n  export const a = 1\n  ```\n', good: '- ```js\n  b.a\n  ```\n- ```js\n  export const a = 1\n  ```\n',
    says: '"a" is used here but published only later', hint: 'Move the step, or take the value from somewhere else.' },
  { code: 'used-before-produced', bad: write + sh('sh {effect=read}', 'export e=1') + sh('sh {effect=read verifies=push}', 'test "$▸e"'), good: sh('sh {effect=read}', 'export e=1') + write + sh('sh {effect=read verifies=push}', 'test "$e"'),
    says: 'the verifier runs before its step and uses "e", which is published only then', hint: 'Move the step, or take the value from somewhere else.' },
  { code: 'used-before-produced', bad: sh("sh {effect=read ▸if='e == \"1\"'}") + sh('sh {effect=read}', 'export e=1'), good: sh('sh {effect=read}', 'export e=1') + sh("sh {effect=read if='e == \"1\"'}"),
    says: '"e" is used here but published only later', hint: 'Move the step.' },
  { code: 'bad-expectation', bad: read + sh('text {expect=look}', 'a\n▸( (regex)'), good: read + sh('text {expect=look}', 'a\n(a|b) (regex)'),
    says: '"(" is no regular expression', hint: 'Escape signs with a backslash, or leave "(regex)" out.' },
  { code: 'bad-expectation', bad: read + sh('text {expect=look}', '▸a (no-eol)\nb'), good: read + sh('text {expect=look}', 'a\nb* (glob) (no-eol)'),
    says: '"(no-eol)" stands on a line that is not the last one', hint: 'Only the last line can lack its line end.' },
  { code: 'bad-expectation', bad: read + sh('text {expect=look}', 'a\n▸[256]'), good: read + sh('text {expect=look}', 'a\n[255]'),
    says: '[256] is no exit code', hint: 'Exit codes go from 0 to 255.' },
  { code: 'bad-expectation', bad: read + sh('json {expect=look}', '▸{ a: 1 }'), good: read + sh('json {expect=look}', '{ "a": 1 }\n[1]'),
    says: 'the expected output is not valid JSON', hint: 'Correct it, or use the language text.' },
  { code: 'bad-expectation', bad: '- [ ] a <!-- {name=a} -->\n\n' + sh('text {▸expect=a}'), good: sh('js {name=a}') + sh('text {expect=a}'),
    says: '"a" is no block that runs, so it prints nothing', hint: 'Name a shell or script block.' },
  { code: 'duplicate-expectation', bad: read + sh('text {expect=look}') + sh('text {▸expect=look}'), good: read + write + sh('text {expect=look}') + sh('text {expect=push}'),
    says: 'what "look" prints is already said on line 4', hint: 'Keep one of them.' },
  { code: 'bad-condition', bad: sh('sh {effect=read if=▸"a = b"}'), good: yaml('inputs: { a: { type: string } }') + sh("sh {effect=read if='a == \"b\"'}"),
    says: '"if" is "a = b", which cannot be read: "=" does not compare; write "=="', hint: 'Correct the expression.' },
  { code: 'unknown-name', bad: sh('sh {effect=read ▸if="a == 1"}'), good: yaml('inputs: { a: { type: number } }') + sh('sh {effect=read if="a == 1"}'),
    says: '"a" is neither an input nor an output', hint: 'Put text in quotes.' },
  { code: 'placeholder', bad: sh('sh {effect=read}', 'x --fork=▸<your-github-username>'), good: sh('sh {effect=read}', 'x --fork="$fork" # <your-github-username>\ncat <in >out'),
    says: '"<your-github-username>" waits to be replaced', hint: 'Declare an input and use it instead.' },
  { code: 'placeholder', bad: sh('sh {effect=read}', 'GITHUB_TOKEN="▸ghp-xxxx"'), good: sh('ts', 'const a: Array<string> = []'),
    says: '"ghp-xxxx" waits to be replaced', hint: 'Declare an input and use it instead.' },
  { code: 'placeholder', bad: sh('sh {effect=read}', 'git tag ▸<VERSION>'), good: sh('sh {effect=read}', 'cat <<EOF\n$YOUR_TAG ${YOUR_TAG}\nEOF'),
    says: '"<VERSION>" waits to be replaced', hint: 'Declare an input and use it instead.' },
  { code: 'undeclared-effect', bad: '▸' + sh('sh'), good: sh('js'),
    says: 'this step does not say what it changes, so it counts as a write', hint: 'Say effect=read, effect=local or effect=write, and name a write.' },
  { code: 'undeclared-effect', bad: '▸' + sh('python {interpreter=python3}'), good: sh('python {interpreter=python3 effect=local}'),
    says: 'this step does not say what it changes, so it counts as a write', hint: 'Say effect=read, effect=local or effect=write, and name a write.' },
  { code: 'unnamed-write', bad: '▸' + sh('sh {effect=write}'), good: write,
    says: 'this step writes and has no name, so a record of it is hard to find again after an edit', hint: 'Say name=….' },
];

/** One wrong and one right value for each attribute. */
const values: readonly (readonly [key: string, bad: string, good: string])[] = [
  ['name', 'my step', 'my-step.1/a_b'],
  ['name', '-a', 'a'],
  ['effect', 'wirte', 'local'],
  ['on', 'success', 'failure'],
  ['retry', '-1', '3'],
  ['retry', '101', '100'],
  ['timeout', '5000', '5s'],
  ['timeout', '500ms', '1h30m'],
  ['timeout', '0s', '1d'],
  ['timeout', '400d', '1.5h'],
  ['needs', ',', 'look'],
  ['background', 'yes', 'T'],
  ['interactive', '', 'false'],
  ['cwd', '', 'a'],
  ['session', 'own', 'none'],
  ['tag', ',', 'a,b'],
  ['category', '', 'a'],
  ['excludeFromRunAll', 'no', '1'],
  ['ignore', 'no', '0'],
];

const withPlaces = (problems: readonly Problem[]): string[] => problems.map((problem) => `${problem.code} ${problem.line}:${problem.column}`);

/** The document without the sign, and where the sign was. */
function unmark(text: string): { text: string; place: string } {
  const before = text.slice(0, text.indexOf('▸')).split('\n');
  return { text: text.replace('▸', ''), place: `${before.length}:${(before.at(-1)?.length ?? 0) + 1}` };
}

describe('every problem of a document has its code and place', () => {
  test.each(cases)('$code: $bad', ({ code, bad, good, says, hint }) => {
    const { text, place } = unmark(bad);
    const problems = parseRunbook(text, 'a.md').problems.filter((problem) => problem.code !== 'undeclared-effect' || problem.code === code);
    expect(withPlaces(problems)).toEqual([`${code} ${place}`]);
    expect(problems[0]).toMatchObject({ file: 'a.md', message: says, hint });
    expect(withPlaces(parseRunbook(good, 'a.md').problems)).toEqual([]);
  });

  test.each(values)('%s is not "%s"', (key, bad, good) => {
    const head = key === 'effect' ? 'js {' : 'sh {effect=read ';
    const block = (value: string): string => read + sh(`${head}${key}="${value}"}`);
    expect(withPlaces(parseRunbook(block(bad), 'a.md').problems)).toEqual([`bad-attribute-value 4:${5 + head.length + key.length}`]);
    expect(withPlaces(parseRunbook(block(good), 'a.md').problems)).toEqual([]);
  });

  test.each(['../x', '/x', 'a/../b', 'a\\b', '', '~/x', 'a//b', 'c:/x', 'a/', '.', 'a/.'])('a file is not written to "%s"', (path) => {
    expect(withPlaces(parseRunbook(sh(`text {file="${path}"}`), 'a.md').problems)).toEqual(['bad-attribute-value 1:15']);
  });

  test('a gate that gives up before its second try', () => {
    expect(withPlaces(parseRunbook(sh('js {poll=1m timeout=30s}'), 'a.md').problems)).toEqual(['bad-attribute-value 1:16']);
  });
});

const declarations = parseRunbook(
  yaml('inputs:', "  version: { type: string, pattern: 'v\\d+' }", '  images: { type: list, choices: [a, b], default: [a] }', '  token: { type: secret, env: TOKEN }'),
  'a.md',
).runbook.inputs;
const options = { env: {}, examples: false, secrets: 'ignored', file: 'a.md' } as const;

/** Includes are linked by a loader that knows these documents. */
const library: Readonly<Record<string, string>> = {
  'child.md': yaml('inputs: { version: { type: string }, token: { type: secret, required: false } }') + sh('sh {name=tag effect=write}', 'export url=1'),
  'nothing.md': '# Nothing\n',
  'loop.md': '- [a](a.md) <!-- {include} -->\n',
};
const include = (attributes: string, target = 'child.md', front = yaml('inputs: { v: { type: string }, t: { type: secret } }')): readonly Problem[] => {
  const { runbook, problems } = parseRunbook(`${front}- [x](${target}) <!-- {include ${attributes}} -->\n`, 'a.md');
  const load: LoadDocument = (name) => {
    if (name === '/etc/passwd') return { kind: 'outside', why: 'it is not below here' };
    const text = name === 'a.md' ? runbook.text : library[name];
    return text === undefined ? { kind: 'absent' } : { kind: 'document', file: name, text };
  };
  return [...problems, ...linkIncludes(runbook, load).problems];
};

const valueCases: readonly { code: ProblemCode; at: string; says: string; hint: string; run: () => readonly Problem[] }[] = [
  { code: 'missing-input', at: '3:3', run: () => resolveInputs(declarations, {}, options).problems,
    says: 'input "version" is missing; expected text matching v\\d+', hint: 'Give --input version=….' },
  { code: 'missing-input', at: '5:3', run: () => resolveInputs(declarations, { version: 'v1' }, { ...options, secrets: 'required' }).problems,
    says: 'input "token" is missing; expected a secret', hint: 'Set TOKEN.' },
  { code: 'bad-input', at: '3:3', run: () => resolveInputs(declarations, { version: '1' }, options).problems,
    says: 'input "version" is "1"; expected text matching v\\d+', hint: 'Give --input version=….' },
  { code: 'bad-input', at: '4:3', run: () => resolveInputs(declarations, { version: 'v1', images: 'a,c' }, options).problems,
    says: 'input "images" is "a,c"; expected a list of texts out of a, b', hint: 'Give --input images=….' },
  { code: 'unknown-input', at: '1:1', run: () => resolveInputs(declarations, { version: 'v1', verson: 'v1' }, options).problems,
    says: '"verson" is not an input of this runbook', hint: 'Did you mean "version"?' },
  { code: 'secret-on-command-line', at: '5:3', run: () => resolveInputs(declarations, { version: 'v1', token: '0123456789' }, options).problems,
    says: 'input "token" is a secret; other users can read command lines', hint: 'Set TOKEN.' },
  { code: 'short-secret', at: '5:3', run: () => resolveInputs(declarations, { version: 'v1' }, { ...options, secrets: 'required', env: { TOKEN: '1234567' } }).problems,
    says: 'input "token" is shorter than 8 characters; it could not be kept out of the output', hint: 'Set TOKEN.' },
  { code: 'unmet-requirement', at: '3:1', run: () => [checkRequires('runbook >= 0.2', '0.1.9', { file: 'a.md', line: 3, column: 1 })].filter((problem) => problem !== undefined),
    says: 'the document requires runbook >= 0.2, and this is 0.1.9', hint: 'Install a version that fits.' },
  { code: 'include-not-found', at: '4:1', run: () => include('name=n', 'gone.md'),
    says: 'there is no document gone.md', hint: 'Link a Markdown file, by its path from this one.' },
  { code: 'include-outside', at: '4:1', run: () => include('name=n', '/etc/passwd'),
    says: '/etc/passwd cannot be included: it is not below here', hint: 'Include files of the same repository only.' },
  { code: 'include-cycle', at: '1:1', run: () => include('name=n', 'loop.md').filter(({ file }) => file === 'loop.md'),
    says: 'a.md includes loop.md includes a.md: that never ends', hint: 'Take one of the includes out.' },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="verson=1"'),
    says: 'child.md has no input "verson"', hint: 'Did you mean "version"?' },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="version=$w"'),
    says: '"$w" is neither an input nor an output', hint: 'Did you mean "v"?' },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="version=$t"'),
    says: '"$t" is a secret, and the input "version" of child.md is none', hint: 'Give both the type secret, or neither.' },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="token=$v"'),
    says: '"$v" is no secret, and the input "token" of child.md is one', hint: 'Give both the type secret, or neither.' },
  { code: 'include-input', at: '4:1', run: () => include('name=n with="token=plain"'),
    says: '"token" is a secret and would stand in the document', hint: 'Hand over a secret input: with="name=$name".' },
  { code: 'include-output', at: '4:1', run: () => include('name=n with="version=$v" outputs=uri'),
    says: 'no step of child.md publishes "uri"', hint: 'Did you mean "url"?' },
  { code: 'include-output', at: '4:1', run: () => include('name=n outputs=url', 'nothing.md'),
    says: 'no step of nothing.md publishes "url"', hint: 'It publishes nothing.' },
  { code: 'include-effect', at: '4:1', run: () => include('name=n effect=read with="version=$v"'),
    says: 'the include says effect=read, but "tag" of child.md (line 4) is effect=write', hint: 'Say effect=write here.' },
  { code: 'lock-without-value', at: '1:1', run: () => planRun(parseRunbook(yaml('lock: "{v}"', 'inputs: { v: { type: string, required: false } }'), 'a.md').runbook, { v: { kind: 'value', value: null, from: 'default' } }).problems,
    says: 'the lock needs a value for the input "v"', hint: 'Give --input v=….' },
];

test.each(valueCases)('$code at $at: $says', ({ code, at, run, says, hint }) => {
  const problems = run();
  expect(withPlaces(problems)).toEqual([`${code} ${at}`]);
  expect(problems[0]).toMatchObject({ message: says, hint });
});

test('an include that fits gives no problem', () => {
  expect(include('name=n effect=write with="version=$v token=$t" outputs=url')).toEqual([]);
});

test('inputs that fit give no problem, and no message repeats a secret', () => {
  expect(resolveInputs(declarations, { version: 'v1', images: 'a,b' }, { ...options, secrets: 'required', env: { TOKEN: '12345678' } }).problems).toEqual([]);
  const { problems } = resolveInputs(declarations, { version: 'v1', token: 'hunter2hunter2' }, options);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('every code has a case here and a row in docs/errors.md', () => {
  const tested = new Set([...cases, ...valueCases].map(({ code }) => code).concat('bad-attribute-value'));
  expect(problemCodes.filter((code) => !tested.has(code))).toEqual([]);
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const rows = new Map(page.split('\n').flatMap((line) => [/^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$/.exec(line)]).flatMap((row) => (row === null ? [] : [[row[1] ?? '', row] as const])));
  expect(problemCodes.filter((code) => !rows.has(code))).toEqual([]);
});

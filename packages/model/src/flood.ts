// Texts that make a careless parser slow: one shape each, as long as asked for. For tests and for the soak script only.

/** A shape of text. */
export interface Flood {
  readonly name: string;
  /** A text of about so many characters. */
  readonly make: (size: number) => string;
}

const repeat = (piece: string) => (size: number): string => piece.repeat(Math.ceil(size / piece.length));
const numbered = (piece: (index: number) => string) => (size: number): string => {
  const parts: string[] = [];
  for (let length = 0, index = 0; length < size; index += 1) {
    const part = piece(index);
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
};
const around = (before: string, make: (size: number) => string, after: string) => (size: number): string => before + make(size) + after;

const structure: readonly Flood[] = [
  { name: 'one long line', make: repeat('a') },
  { name: 'one long line of words', make: repeat('lorem ipsum ') },
  { name: 'one long paragraph', make: repeat('word word word\n') },
  { name: 'short lines', make: repeat('a\n') },
  { name: 'empty lines', make: repeat('\n') },
  { name: 'blanks', make: repeat(' ') },
  { name: 'tabs', make: repeat('\t') },
  { name: 'indented lines', make: repeat('      a\n') },
  { name: 'underlined headings', make: repeat('a\n===\n') },
  { name: 'underlines', make: repeat('===\n') },
  { name: 'underlines below definitions', make: repeat('[a]: b\n===\n') },
  { name: 'definitions', make: repeat('[a]: b "c"\n') },
  { name: 'definitions that never end', make: around('', repeat('[a]: b "c\n'), '\n===\n') },
  { name: 'open labels', make: around('', repeat('[\\]'), '\n===\n') },
  { name: 'headings', make: repeat('# a #\n') },
  { name: 'signs of headings', make: repeat('#') },
  { name: 'closing signs of headings', make: around('# a', repeat(' #'), ' a\n') },
  { name: 'open links', make: repeat('[a](') },
  { name: 'open images', make: repeat('![') },
  { name: 'emphasis', make: repeat('*a **a ') },
  { name: 'a backquote ladder', make: numbered((index) => `${'`'.repeat(index + 3)}\n`) },
  { name: 'a backquote ladder in a line', make: numbered((index) => `${'`'.repeat(index + 1)} a `) },
  { name: 'lines of backquotes in a paragraph', make: around('a\n', repeat('``` ` a\n'), '') },
  { name: 'open quotes', make: repeat('> a\n') },
  { name: 'lazy lines', make: around('> a\n', repeat('a\n'), '') },
  { name: 'lazy lines deep in quotes', make: around(`${'> '.repeat(100)}a\n`, repeat('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n'), '') },
  { name: 'empty lines deep in lists', make: around(`${'- '.repeat(99)}a\n`, repeat('\n'), '') },
  { name: 'deep quotes, again and again', make: repeat(`${'>'.repeat(100)}a\n\n`) },
  { name: 'deep lists, again and again', make: repeat(`${'- '.repeat(100)}a\n\n`) },
  { name: 'deep indentation in lists', make: around(`${'- '.repeat(99)}a\n`, repeat(`${' '.repeat(198)}a\n`), '') },
  { name: 'quotes one deeper on each line', make: repeat(Array.from({ length: 90 }, (_, index) => `${'> '.repeat(index)}a\n`).join('')) },
  { name: 'too many quotes', make: repeat('>') },
  { name: 'too many lists', make: repeat('- ') },
  { name: 'too many numbers', make: repeat('1. ') },
  { name: 'list items', make: repeat('- a\n') },
  { name: 'loose list items', make: repeat('- a\n\n') },
  { name: 'list items that are empty', make: repeat('-\n') },
  { name: 'rules', make: repeat('* * *\n') },
  { name: 'almost a rule', make: around('', repeat('* '), 'a') },
  { name: 'open tags', make: repeat('<div\n') },
  { name: 'open attributes', make: around('<a', repeat(' b="c"'), '\n') },
  { name: 'open quotes in attributes', make: around('<a b=', repeat('"c='), '\n') },
  { name: 'HTML that never ends', make: around('<!--\n', repeat('a -- >\n'), '') },
  { name: 'comments', make: repeat('<!-- a -->\n') },
  { name: 'comments with attributes', make: repeat('<!-- {name=a} -->\n\n') },
  { name: 'fences in HTML', make: around('<div>\n', repeat('```\n'), '') },
  { name: 'fences that never close', make: repeat('```sh\n') },
  { name: 'empty fences', make: repeat('```\n```\n') },
  { name: 'fences in quotes that end lazily', make: repeat('> ```\na\n') },
  { name: 'code of indented fences', make: repeat('    ```\n') },
  { name: 'carriage returns', make: repeat('a\r\n\r') },
  { name: 'halves of characters', make: repeat('\uD83D a\n') },
];

const block = (info: string, code: string): string => `\`\`\`${info}\n${code}\n\`\`\`\n`;

const runbooks: readonly Flood[] = [
  { name: 'the same step', make: repeat(block('sh {effect=read}', 'ls')) },
  { name: 'named steps', make: numbered((index) => block(`sh {name=s${index} effect=read}`, 'ls')) },
  { name: 'one name for all', make: repeat(block('sh {name=a effect=read}', 'ls')) },
  { name: 'steps that need nothing there is', make: numbered((index) => block(`sh {name=step${index} needs=stop${index}x effect=read}`, 'ls')) },
  { name: 'conditions on nothing there is', make: numbered((index) => block(`js {if="value${index}"}`, '')) },
  { name: 'verifiers of one step', make: around(block('sh {name=a}', ''), repeat(block('sh {verifies=a}', '')), '') },
  { name: 'outputs', make: numbered((index) => block('js', `export const a${index} = ${index === 0 ? 1 : `a${index - 1}`}`)) },
  { name: 'outputs that come later', make: numbered((index) => block('js', `export const a${index} = a${index + 1}`)) },
  { name: 'outputs of one block', make: around('```js\n', numbered((index) => `export const a${index} = b${index}\n`), '```\n') },
  { name: 'outputs of one shell block', make: around('```sh\n', numbered((index) => `export A${index}="$B${index}"\n`), '```\n') },
  { name: 'one output twice', make: repeat(block('js', 'export const a = 1')) },
  { name: 'unknown attributes', make: around('```sh {', numbered((index) => `nme${index}=a `), '}\n```\n') },
  { name: 'the same attribute', make: around('```sh {', repeat('name=a '), '}\n```\n') },
  { name: 'attributes as JSON', make: around('```sh {"a":1', repeat(',"b":"c"'), '}\n```\n') },
  { name: 'manual steps', make: repeat('- [ ] a <!-- {name=b} -->\n') },
  { name: 'comments in one item', make: around('- [ ] ', repeat('a <!-- { '), '\n') },
  { name: 'includes', make: repeat('- [a](b.md) <!-- {include} -->\n') },
  { name: 'placeholders', make: around('```sh\n', repeat('echo <your-name> xxxxxxxx\n'), '```\n') },
  { name: 'placeholders in comments', make: around('```sh\n', repeat('# <your-name>\n'), '```\n') },
  { name: 'half placeholders', make: around('```sh\n', repeat('<your-'), '\n```\n') },
  { name: 'expected lines', make: around(block('sh {name=a effect=read}', 'ls') + '```text {expect=a}\n', repeat('a (glob)\n'), '```\n') },
  { name: 'wrong expected lines', make: around(block('sh {name=a effect=read}', 'ls') + '```text {expect=a}\n', repeat('( (regex)\n'), '```\n') },
];

const code: readonly Flood[] = [
  { name: 'substitutions', make: around('```sh\n', repeat('$('), '\n```\n') },
  { name: 'substitutions in quotes', make: around('```sh\n', repeat('"$('), '\n```\n') },
  { name: 'backquotes in quotes', make: around('```sh\n', repeat('"`'), '\n```\n') },
  { name: 'open braces', make: around('```sh\n', repeat('${a:-'), '\n```\n') },
  { name: 'arithmetic', make: around('```sh\n', repeat('$((a+'), '\n```\n') },
  { name: 'here-documents', make: around('```sh\n', repeat('cat <<E\n$a\nE\n'), '```\n') },
  { name: 'here-documents that never end', make: around('```sh\n', repeat('cat <<E <<F\n'), '```\n') },
  { name: 'here-documents in substitutions', make: around('```sh\n', repeat('a=$(cat <<E\n'), '```\n') },
  { name: 'cases', make: around('```sh\n', repeat('case a in a) '), '\n```\n') },
  { name: 'assignments', make: around('```sh\n', numbered((index) => `a${index}=$b\n`), '```\n') },
  { name: 'templates', make: around('~~~js\n', repeat('`${'), '\n~~~\n') },
  { name: 'brackets', make: around('~~~js\n', repeat('({['), '\n~~~\n') },
  { name: 'arrows', make: around('~~~js\n', repeat('(a, { b: [c] }) => '), '\n~~~\n') },
  { name: 'parentheses', make: around('~~~js\n', repeat('f(a)('), '\n~~~\n') },
  { name: 'declarations without end', make: around('~~~js\n', repeat('const a = b, '), '\n~~~\n') },
  { name: 'patterns', make: around('~~~js\nconst ', repeat('{ a: '), '\n~~~\n') },
  { name: 'slashes', make: around('~~~js\n', repeat('/a '), '\n~~~\n') },
  { name: 'slashes and open classes', make: around('~~~js\n', repeat('= /[ '), '\n~~~\n') },
  { name: 'open comments', make: around('~~~js\n', repeat('/* a '), '\n~~~\n') },
  { name: 'classes without body', make: around('~~~js\n', repeat('class '), '\n~~~\n') },
  { name: 'variables in blocks', make: around('~~~js\n', repeat('{ var a; '), '\n~~~\n') },
  { name: 'loops in loops', make: around('~~~js\n', repeat('for (const a of b) '), '\n~~~\n') },
  { name: 'types', make: around('~~~js\n', repeat('(a): b => '), '\n~~~\n') },
  { name: 'questions', make: around('~~~js\n', repeat('a ? b => c : '), '\n~~~\n') },
  { name: 'functions in functions', make: around('~~~js\n', repeat('function a(b) { '), '\n~~~\n') },
  { name: 'names of another language', make: around('```python {interpreter=python3}\n', repeat('a b c\n'), '```\n') },
];

const frontMatter: readonly Flood[] = [
  { name: 'inputs in YAML', make: around('---\ninputs:\n', numbered((index) => `  a${index}: { type: string }\n`), '---\n') },
  { name: 'wrong inputs in YAML', make: around('---\ninputs:\n', numbered((index) => `  a${index}: { type: word }\n`), '---\n') },
  { name: 'keys in YAML', make: around('---\n', numbered((index) => `titl${index}: a\n`), '---\n') },
  { name: 'inputs in TOML', make: around('+++\n[inputs]\n', numbered((index) => `a${index} = { type="string" }\n`), '+++\n') },
  { name: 'tables in TOML', make: around('+++\n', numbered((index) => `[inputs.a${index}]\ntype="word"\n`), '+++\n') },
  { name: 'brackets in YAML', make: around('---\na: ', repeat('['), '\n---\n') },
  { name: 'brackets in JSON', make: around('{"a":', repeat('['), '\n') },
  { name: 'front matter that never ends', make: around('---\na: b\n', repeat('--- a\n'), '') },
  { name: 'names in the lock', make: around('---\nlock: "', numbered((index) => `{a${index}}`), '"\n---\n') },
  { name: 'empty lines above the front matter', make: around('', repeat(' \n'), '---\na: b\n---\n') },
];

/** Every shape that is known to have made some parser slow. */
export const floods: readonly Flood[] = [...structure, ...runbooks, ...code, ...frontMatter];

// Fences that are not what they look like, each told once at its place, and those that are what they look like.
import { expect, test } from 'vitest';
import { parseRunbook } from './index.ts';

const told = (text: string): string[] => parseRunbook(text, 'a.md').problems.filter(({ severity }) => severity === 'error').map(({ code, line, column }) => `${code} ${line}:${column}`);

test.each([
  ['> ```text\n> a\n```\n', ['lazy-quote-fence 1:3', 'unclosed-fence 3:1']],
  ['> ```text\n> a\nb\n', ['lazy-quote-fence 1:3']],
  ['> ```text\n> a\n\nb\n', ['unclosed-fence 1:3']],
  ['> ```text\n> a', ['unclosed-fence 1:3']],
  ['> > ```text\n> > a\n> b\n', ['unclosed-fence 1:5']],
  ['> > ```text\n> > a\nb\n', ['lazy-quote-fence 1:5']],
  ['> - ```text\n>   a\nb\n', ['lazy-quote-fence 1:5']],
  ['- > ```text\n  > a\n  b\n', ['lazy-quote-fence 1:5']],
  ['- ```text\n  a\nb\n', ['unclosed-fence 1:3']],
  ['> ```text\n> a\n  > b\n', ['unclosed-fence 1:3']],
  ['a\n\n```text\nb', ['unclosed-fence 3:1']],
])('%j ends too early', (text, problems) => expect(told(text)).toEqual(problems));

test.each([
  ['<div>\n```sh\nls\n```\n</div>\n', ['fence-in-html 2:1']],
  ['<div>\n~~~ sh\nls\n~~~\n</div>\n', ['fence-in-html 2:1']],
  ['<div>\n```a\n```\n```b\n````\n</div>\n', ['fence-in-html 2:1', 'fence-in-html 4:1']],
  ['<div>\n````a\n```\n````\n</div>\n', ['fence-in-html 2:1']],
  ['<div>\n```a\n~~~\n```\n</div>\n', ['fence-in-html 2:1']],
  ['<div>\n  > ```a\n  ls\n  ```\n</div>\n', ['fence-in-html 2:5']],
  ['<!-- ```a\nls\n``` -->\n', ['fence-in-html 1:6']],
  ['<!--\n```a\nls\n```\n-->\n', ['fence-in-html 2:1']],
  ['<div>\na ```b\n``\n`````a`b\n</div>\n', []],
  ['<div>\n\n```text\n```\n\n</div>\n', []],
])('%j holds a fence in HTML', (text, problems) => expect(told(text)).toEqual(problems));

test.each([
  ['a\n    ```sh\n    ls\n    ```\n', ['over-indented-fence 2:5']],
  ['a\n    ~~~\n    ls\n', ['over-indented-fence 2:5']],
  ['    ```sh\n    ls\n    ```\n', ['over-indented-fence 1:5']],
  ['    ```sh\n    ls\n    ```\n\n    ~~~a\n    ~~~\n', ['over-indented-fence 1:5', 'over-indented-fence 5:5']],
  ['```a`b\n', ['not-a-fence 1:1']],
  ['a\n``` b`c` \n', ['not-a-fence 2:1']],
  ['```` a ``` b\n', ['not-a-fence 1:1']],
  ['> ```a`b\n', ['not-a-fence 1:3']],
  ['``` a ``` b\n', []],
  ['``` a ```` b ```\n', []],
  ['a ```\n', []],
  ['    ``\n', []],
  ['a\n    ``b\n    ~~\n', []],
])('%j is no fence', (text, problems) => expect(told(text)).toEqual(problems));

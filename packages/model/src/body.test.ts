import { expect, test } from 'vitest';
import { findBody } from './body.ts';

test.each([
  ['no front matter', '# A\n', 0],
  ['YAML', '---\ntitle: A\n---\n# A\n', 17],
  ['TOML', '+++\ntitle = "A"\n+++\n# A\n', 20],
  ['JSON', '{"title":"A"}\n# A\n', 14],
  ['behind blank lines', '\n\n---\ntitle: A\n---\n# A\n', 19],
  ['a thematic break', '---\n\nText\n', 0],
  ['never closed', '+++\ntitle = "A"\n', 16],
  ['nothing', '', 0],
])('%s', (_, text, offset) => {
  expect(findBody(text)).toBe(offset);
});

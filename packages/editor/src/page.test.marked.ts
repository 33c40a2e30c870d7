// For tests: a document with a sign where the cursor is.
import { openPage } from './page.ts';
import type { Page } from './page.ts';
import type { Position, Range } from 'vscode-languageserver-protocol';

/** A page of the text without the sign `▸`, and the position of the sign. */
export function atSign(marked: string, uri = 'file:///r/a.md'): { readonly page: Page; readonly position: Position } {
  const before = marked.slice(0, marked.indexOf('▸')).split(/\r\n?|\n/);
  return { page: openPage(marked.replace('▸', ''), uri), position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
}

/** The text of a range, as an editor would select it. */
export function textIn(page: Page, range: Range): string {
  return page.text.slice(page.offsetAt(range.start), page.offsetAt(range.end));
}

/** A document with everything that is talked about in these tests. */
export const release = `---
title: Release
lock: "{version}"
inputs:
  version: { type: string, pattern: 'v\\d+', description: "The <b>tag</b> [x](http://e.com)" }
  images: { type: list, choices: [a, b], default: [a] }
  token: { type: secret, env: TOKEN }
---
# Release

## Tag

\`\`\`bash {name=find effect=read}
sha=$(git ls-remote . HEAD | cut -f1)
export sha
\`\`\`

\`\`\`bash {name=push-tag effect=write needs=find}
git tag "$version" "$sha"
\`\`\`

- \`\`\`sh {name=check verifies=push-tag effect=read}
  git rev-parse "$version"
  \`\`\`

## Wait

\`\`\`ts {name=build effect=read poll=30s timeout=2h if="passed(push-tag) && version != ''"}
export const digest = images.map((image) => \`\${image}\${sha}\`)
\`\`\`

- [ ] It starts. <!-- {name=smoke needs=build} -->
- [Announce](announce.md) <!-- {include name=announce} -->

\`\`\`yaml
digest: x
\`\`\`
`;

import { describe, expect, test } from 'vitest';
import { changedDigests } from './diff.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

describe('which digests a change promotes', () => {
  const table: readonly (readonly [what: string, diff: string, digests: readonly string[]])[] = [
    ['nothing', '', []],
    ['an added line', `@@ -3,0 +4 @@\n+    "${A}": ["v1"]`, [A]],
    ['a removed line counts too', `-    "${A}": ["v1"]`, [A]],
    ['a tag added to a line', `-    "${A}": ["v1"]\n+    "${A}": ["v1", "v2"]`, [A]],
    ['two lines', `+    "${A}": ["v1"]\n+    "${B}": ["v2"]`, [A, B]],
    ['two digests on a line are ignored', `+  dmap: {"${A}": ["v1"], "${B}": ["v2"]}`, []],
    ['without quotes', `+    ${A}: ["v1"]`, []],
    ['single quotes', `+    '${A}': ["v1"]`, []],
    ['cut short', `+    "${A.slice(0, -1)}": ["v1"]`, []],
    ['too long', `+    "${A}a": ["v1"]`, []],
    ['a manifest alone', '+  - name: us-east1-docker.pkg.dev/k8s-artifacts-prod/images/x', []],
    ['spaces inside the quotes', `+    " ${A}": ["v1"]`, []],
  ];
  for (const [what, diff, digests] of table) test(what, () => expect(changedDigests(diff)).toEqual(digests));
});

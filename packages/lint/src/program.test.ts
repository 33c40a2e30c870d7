import { expect, test } from 'vitest';
import { parseRunbook } from '@runbook/model';
import { listPrograms } from './index.ts';

const programs = (code: string, info = 'bash {name=a effect=read}'): string[] => listPrograms(parseRunbook(`\`\`\`${info}\n${code}\n\`\`\`\n`, 'a.md').runbook).map(({ name, line, column }) => `${line}:${column} ${name}`);

test.each<[string, string[]]>([
  ['git fetch && jq . | head', ['2:1 git', '2:14 jq', '2:21 head']],
  ['x=$(crane digest "$(gcloud info)")', ['2:5 crane', '2:21 gcloud']],
  ['sudo -u me env A=1 kubectl get', ['2:1 sudo', '2:1 kubectl']],
  ['if command -v yq; then type yq; fi', []],
  ['command gh api', ['2:1 gh']],
  ['f() { make; }\nf; alias k=kubectl \'l=ls -l\'\nk get; l', ['2:7 make']],
  ['echo a; cd b; [ -f c ]; test -f d; printf e; [[ a ]]', []],
  ['./run.sh; bin/x; ~/y; "$TOOL" z; /opt/tool/bin w', ['2:34 /opt/tool/bin']],
  ['git push\ngit pull', ['2:1 git']],
  ['if true; then', []],
])('%j', (code, expected) => {
  expect(programs(code)).toEqual(['1:1 bash', ...expected]);
});

test('interpreters are programs, their code is not shell', () => {
  expect(programs('print(1)', 'python {interpreter="python3 -u" effect=read}')).toEqual(['1:1 python3']);
  expect(programs('noglob x', 'zsh {effect=read}')).toEqual(['1:1 zsh']);
  expect(programs('git push', 'yaml')).toEqual([]);
});

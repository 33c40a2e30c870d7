// npm run bench [-- --json] [-- --only NAME] [-- --rounds N]
// Each case runs our command and a yardstick in turn and compares the medians. Absolute times mean nothing on another machine.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync, cpSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compare, median, runOnce } from './measure.mjs';
import { startRegistries } from './registries.mjs';
import { blocks, imagesYaml, longMarkdown, orgBlocks, usualRunbook, writeJobs, writeManifests, zxBlocks } from './inputs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;
const launcher = join(root, 'packages/cli/bin/runbook.js');
const zx = join(root, 'node_modules/zx/build/cli.js');
const yardstick = fileURLToPath(new URL('./yardstick.mjs', import.meta.url));
const corpus = join(root, '../shared/corpus/prow');
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' }, rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'runbook-bench-'));
/** @type {(() => void)[]} */
const endings = [() => rmSync(folder, { recursive: true, force: true })];

/**
 * @typedef {import('./measure.mjs').Task} Task
 * @typedef {{ name: string, limit: number, ratio: number | null, median?: number, yardstickMedian?: number, peakMb?: number, spread?: number, unit?: string, skipped?: string }} Row
 * @typedef {{ name: string, limit: number, measure: () => Promise<Omit<Row, 'name' | 'limit'>> }} Case
 */

/** @param {string} name @param {string} text */
function file(name, text) {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A call of ours, in a home of its own that is emptied before each. @param {string} home @param {readonly string[]} args @returns {Task} */
function ours(home, ...args) {
  const cwd = join(folder, home);
  mkdirSync(cwd, { recursive: true });
  return { argv: [node, launcher, ...args], cwd, env: { HOME: cwd }, before: () => rmSync(join(cwd, '.runbook'), { recursive: true, force: true }) };
}

/** A check of a document that is written anew before each round. @param {string} home @param {(round: number) => string} write @returns {Task} */
function checkOf(home, write) {
  let round = 1;
  const own = ours(home, 'check', write(round));
  return { ...own, before: () => void write((round += 1)) };
}

const empty = { argv: [node, '-e', '0'] };
/** @param {string} program */
const isHere = (program) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
/** @param {readonly string[]} args @returns {Task} */
const theirs = (...args) => ({ argv: [node, yardstick, ...args] });

/** Ratio against a yardstick. @param {string} name @param {number} limit @param {() => { own: Task, other: Task }} tasks @param {number} [times] @returns {Case} */
const versus = (name, limit, tasks, times = rounds) => ({
  name,
  limit,
  measure: async () => {
    const { own, other } = tasks();
    return compare(own, other, times);
  },
});

/** @param {string} name @param {number} limit @param {string} program @param {Case} one @returns {Case} */
const where = (name, limit, program, one) => (isHere(program) ? one : { name, limit, measure: () => Promise.resolve({ ratio: null, skipped: `${program} is not installed` }) });

/** @param {string} name @param {number} limit @param {readonly string[]} programs @param {Case} one @returns {Case} */
const whereAll = (name, limit, programs, one) => programs.reduce((wanted, program) => where(name, limit, program, wanted), one);

/** Medians of one task. @param {Task} task @param {number} times */
async function time(task, times) {
  const samples = [];
  for (let i = 0; i < times; i += 1) samples.push(await runOnce(task));
  return { ms: median(samples.map((sample) => sample.ms)), peakMb: Math.max(...samples.map((sample) => sample.peakMb)) };
}

/** @param {string} name @param {number} count */
const runOf = (name, count) => ours(name, 'run', file(`${name}/run.md`, blocks(count)), '--yes');

/** @type {ReturnType<typeof startRegistries> | undefined} */
let started;

/** The registries, started and filled when the first case wants them. */
async function registries() {
  if (started === undefined) {
    started = startRegistries(join(folder, 'registries'));
    const { close } = await started;
    endings.unshift(close);
  }
  return started;
}

const tags = Array.from({ length: 1000 }, (_, i) => `t${i}`);

/** Our command and the other for tags of the same registry. @param {string} name @param {number} limit @param {(host: string) => Task} other @param {number} times @returns {Case} */
const digests = (name, limit, other, times) => whereAll(name, limit, ['docker-registry', 'skopeo'], {
  name,
  limit,
  measure: async () => {
    const { source } = await registries();
    return compare(ours('digests', 'registry', 'digest', ...tags.map((tag) => `${source}/bench/small:${tag}`)), other(source), times);
  },
});

/** @type {Case} */
const copy = {
  name: 'registry copy of an image of 300 MB',
  limit: 0.9,
  measure: async () => {
    const { source, target, empty } = await registries();
    const large = `${source}/bench/large:latest`;
    const skopeo = { argv: ['skopeo', 'copy', '--src-tls-verify=false', '--dest-tls-verify=false', `docker://${large}`, `docker://${target}/bench/large:latest`], before: empty };
    const own = ours('copy', 'registry', 'copy', large, `${target}/bench/large:latest`);
    return compare({ ...own, before: empty }, skopeo, rounds);
  },
};

/** @type {Case[]} */
const cases = [
  versus('--version', 1.25, () => ({ own: ours('version', '--version'), other: empty }), rounds * 2),
  versus('list of a one-block file', 1.7, () => ({ own: ours('list', 'list', file('list/one.md', blocks(1))), other: empty }), rounds * 2),
  // ShellCheck is asked about blocks that it has not seen: none, one of thirty, all
  versus('check of a 450-line, 30-step runbook', 2.4, () => ({ own: ours('check', 'check', file('check/usual.md', usualRunbook())), other: empty })),
  versus('check of the same with one block changed', 2.4, () => ({ own: checkOf('changed', (round) => file('changed/usual.md', usualRunbook().replace('exit 1', `exit ${round}`))), other: empty })),
  versus('check of the same, never seen before', 2.4, () => ({ own: checkOf('new', (round) => file('new/usual.md', usualRunbook().replaceAll('exit 1', `exit ${round}`))), other: empty })),
  versus('run of one echo block, journal on', 0.75, () => ({ own: ours('echo', 'run', file('echo/one.md', blocks(1, 'echo hello')), '--yes'), other: { argv: [node, zx, file('echo/zx.md', zxBlocks(1, 'echo hello'))] } })),
  versus('run of 200 trivial blocks', 0.5, () => ({ own: runOf('two-hundred', 200), other: { argv: [node, zx, file('two-hundred/zx.md', zxBlocks(200))] } })),
  where('run of 200 trivial blocks, org-babel', 0.25, 'emacs', versus('run of 200 trivial blocks, org-babel', 0.25, () => ({ own: runOf('babel', 200), other: { argv: ['emacs', '--batch', '-l', 'org', '--eval', "(setq org-confirm-babel-evaluate nil)", '--eval', "(org-babel-do-load-languages 'org-babel-load-languages '((shell . t)))", file('babel/blocks.org', orgBlocks(200)), '-f', 'org-babel-execute-buffer'] } }), 3)),
  { name: 'overhead per shell block, milliseconds', limit: 1.2, measure: perBlock },
  { name: 'time of 10,000 blocks by that of 1,000', limit: 11, measure: linearity },
  versus('parse a 5 MB Markdown document', 1.3, () => ({ own: ours('parse', 'list', file('parse/long.md', longMarkdown(5_000_000)), '--json'), other: theirs('mdast', join(folder, 'parse/long.md')) }), 1), // the yardstick takes minutes
  { name: 'prow jobs over the corpus', limit: 1.1, measure: async () => (existsSync(corpus) ? compare(ours('corpus', 'prow', 'jobs', '--config', corpus, '--repo', 'kubernetes-sigs/apisnoop', '--ref', 'refs/tags/v1.2.3'), theirs('yaml', corpus), rounds) : { ratio: null, skipped: 'the corpus is not here' }) },
  versus('prow jobs over 3,000 job files', 1.1, () => {
    writeJobs(join(folder, 'jobs/config'), 3000);
    return { own: ours('jobs', 'prow', 'jobs', '--config', join(folder, 'jobs/config'), '--repo', 'kubernetes-sigs/project-17', '--ref', 'refs/tags/v1.2.3'), other: theirs('yaml', join(folder, 'jobs/config')) };
  }, 3),
  versus('promoter check over 1,000 manifests', 1.5, () => {
    writeManifests(join(folder, 'manifests/tree'), 500);
    return { own: ours('manifests', 'promoter', 'check', join(folder, 'manifests/tree')), other: theirs('yaml', join(folder, 'manifests/tree')) };
  }, 3),
  versus('promoter add to a 10,000-line images.yaml', 0.3, () => {
    const text = imagesYaml('image', 10_000);
    const [own, other] = [join(folder, 'add/images/k8s-staging-x/images.yaml'), file('add/other.yaml', text)];
    const again = (/** @type {string} */ path) => () => void file(path.slice(folder.length + 1), text);
    return { own: { ...ours('add', 'promoter', 'add', own, '--image', 'image', '--digest', `sha256:${'0'.repeat(64)}`, '--tag', 'v99.9.9'), before: again(own) }, other: { ...theirs('yaml-add', other), before: again(other) } };
  }),
  digests('registry digest of 1,000 tags, skopeo one by one', 0.05, (host) => ({ argv: ['bash', '-c', 'for i in {0..999}; do skopeo inspect --tls-verify=false --format "{{.Digest}}" "docker://$1/bench/small:t$i" || exit; done', 'bash', host] }), 1),
  digests('registry digest of 1,000 tags, bare fetch', 1.3, (host) => theirs('heads', `http://${host}/v2/bench/small`, '8'), rounds),
  whereAll(copy.name, copy.limit, ['docker-registry', 'skopeo'], copy),
  where('500 MB of output of one step', 1.5, 'bash', versus('500 MB of output of one step', 1.5, () => {
    // `yes` ends by SIGPIPE, which is a failure under the `pipefail` of a step
    const code = "(yes 'a usual line of output, with some words' || true) | head -c 500M";
    const script = file('output/script.sh', code);
    return { own: { ...ours('output', 'run', file('output/run.md', `# Output\n\n\`\`\`bash {name=big effect=read}\n${code}\n\`\`\`\n`), '--yes', '--json'), isQuiet: true }, other: { argv: ['bash', '-c', `bash '${script}' | tee '${join(folder, 'output/log')}' >/dev/null`] } };
  }, 3)),
  versus('journal append, 1,000 steps', 1.3, () => ({ own: { argv: [node, fileURLToPath(new URL('./journal.mjs', import.meta.url)), join(folder, 'journal'), '1000'], before: () => rmSync(join(folder, 'journal'), { recursive: true, force: true }) }, other: { ...theirs('append', join(folder, 'appended'), '1000'), before: () => rmSync(join(folder, 'appended'), { force: true }) } }), 3),
  { name: 'whole rehearsal of release.md, seconds', limit: 8, measure: rehearsal },
];

/** The slope from 100 to 2,000 blocks, less what one bash takes for the same lines. */
async function perBlock() {
  const few = await time(runOf('few', 100), 3);
  const many = await time(runOf('many', 2000), 3);
  const bash = async (/** @type {number} */ count) => (await time({ argv: ['bash', file(`bash-${count}.sh`, 'true\n'.repeat(count))] }, 3)).ms;
  const slope = (many.ms - few.ms) / 1900;
  const other = ((await bash(2000)) - (await bash(100))) / 1900;
  return { ratio: slope - other, median: slope, yardstickMedian: other, peakMb: many.peakMb, unit: 'ms' };
}

async function linearity() {
  const few = await time(runOf('thousand', 1000), 3);
  const many = await time(runOf('ten-thousand', 10_000), 1);
  return { ratio: many.ms / few.ms, median: many.ms, yardstickMedian: few.ms, peakMb: many.peakMb };
}

async function rehearsal() {
  mkdirSync(join(folder, 'release'), { recursive: true });
  cpSync(join(root, 'runbooks'), join(folder, 'release/runbooks'), { recursive: true });
  const { ms, peakMb } = await time(ours('release', 'run', 'runbooks/release.md', '--rehearse', '--yes', '--pace', '0'), 3);
  return { ratio: ms / 1000, median: ms, peakMb, unit: 's' };
}

/** @param {Row} row */
const asJson = ({ name, ratio, limit, median: ms, yardstickMedian, peakMb, skipped }) => ({ name, ratio, limit, median: ms ?? null, yardstickMedian: yardstickMedian ?? null, peakMb: peakMb ?? null, ...(skipped === undefined ? {} : { skipped }) });

/** @param {Row} row */
function line(row) {
  const figure = row.ratio === null ? 'skipped' : `${row.ratio.toFixed(2)}${row.unit === undefined ? '×' : ` ${row.unit}`}`;
  const verdict = row.ratio === null ? (row.skipped ?? '') : row.ratio <= row.limit ? 'met' : 'NOT met';
  const times = row.median === undefined ? '' : `${Math.round(row.median)} ms${row.yardstickMedian === undefined ? '' : ` / ${row.yardstickMedian < 10 ? row.yardstickMedian.toFixed(2) : Math.round(row.yardstickMedian)} ms`}`;
  return `| ${row.name} | ${figure} | ${row.limit} | ${verdict} | ${times} | ${row.peakMb === undefined ? '' : Math.round(row.peakMb)} |`;
}

const finish = () => {
  for (const end of endings.splice(0)) end();
};
process.once('exit', finish);
if (!values.json) process.stdout.write('| case | reached | at most | | ours / yardstick | peak MB |\n|---|---|---|---|---|---|\n');
/** @type {Row[]} */
const rows = [];
for (const { name, limit, measure } of cases.filter((one) => values.only === undefined || one.name.includes(values.only))) {
  const row = { name, limit, ...(await measure()) };
  rows.push(row);
  if (!values.json) process.stdout.write(`${line(row)}\n`);
}
if (values.json) process.stdout.write(`${JSON.stringify({ rows: rows.map(asJson) }, null, 2)}\n`);
finish(); // registries that still run would keep this process

// The workspace's Nx plugin: it infers the targets of packages, of the tools and of runbooks, so that no project.json is needed.
// A document is a project whose root is the file itself: Nx allows one project a root, and only so do `nx run-many -t rehearse`,
// `nx affected` and the cache work by document. It only describes work; it never does any.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';

/** @typedef {import('nx/src/config/workspace-json-project-json').TargetConfiguration} Target */

/** Sources of every package: what a command of the cli, a rehearsal and a workspace-wide check depend on. */
const packageSources = [
  '{workspaceRoot}/packages/*/src/**/*',
  '{workspaceRoot}/packages/*/package.json',
  '{workspaceRoot}/packages/*/tsconfig.json',
  '{workspaceRoot}/packages/cli/bin/**/*',
  '{workspaceRoot}/packages/rehearsal/seed/**/*',
  '{workspaceRoot}/docs/errors.md',
];

/** What runs, without its tests: a changed test does not make a rehearsal stale. */
const runningSources = [...packageSources, '!{workspaceRoot}/packages/*/src/**/*.test.ts', '!{workspaceRoot}/packages/*/src/**/*.test.*.ts'];

const node = { runtime: 'node --version' };

/**
 * @param {string} command
 * @param {Omit<Target, 'executor' | 'options'>} rest
 * @returns {Target}
 */
function run(command, rest) {
  return { executor: 'nx:run-commands', options: { command, cwd: '{workspaceRoot}', color: false }, cache: true, parallelism: true, ...rest };
}

/**
 * Targets of a package: `build`, `lint`, `test`; the cli also has `bundle`.
 * @param {string} root folder of the package, relative to the workspace
 * @param {boolean} isCommand whether this is the package of the command
 * @returns {Record<string, Target>}
 */
export function packageTargets(root, isCommand) {
  const bundle = run('node tools/build.mjs bundle', {
    inputs: [...runningSources, 'workspace', node],
    outputs: ['{projectRoot}/bundle'],
    metadata: { description: 'Bundles the command runbook.' },
  });
  return {
    build: run(`tsc -b ${root}`, {
      dependsOn: ['^build', ...(isCommand ? ['bundle'] : [])],
      inputs: ['sources', '^sources', 'workspace'],
      outputs: ['{projectRoot}/dist'],
    }),
    ...(isCommand ? { bundle } : {}),
    lint: run(`oxlint --type-aware --deny-warnings ${root}`, {
      inputs: ['sources', '^sources', 'workspace', '{workspaceRoot}/.oxlintrc.json'],
      outputs: [],
    }),
    // The trailing slash matters: to vitest "packages/prow" also means packages/prow-config.
    test: run(`vitest run ${root}/`, {
      dependsOn: isCommand ? ['bundle'] : [],
      inputs: [
        'sources', '^sources', 'workspace', node, '{workspaceRoot}/vitest.config.ts',
        ...(isCommand ? [...packageSources, '{workspaceRoot}/runbooks/**/*', '{workspaceRoot}/docs/**/*'] : []),
      ],
      outputs: [],
    }),
  };
}

/**
 * A document and the documents it links to, and so on: a link may be an include, and then the other document runs too.
 * @param {string} file the document, relative to the workspace
 * @param {string} workspaceRoot
 * @returns {string[]} relative to the workspace, sorted
 */
export function linkedDocuments(file, workspaceRoot) {
  const found = new Set([file]);
  for (const document of found) {
    const text = readFileSync(join(workspaceRoot, document), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\(\s*<?([^\s()<>#:]+\.md)\b/g)) {
      const other = posix.join(posix.dirname(document), link);
      if (!other.startsWith('..') && existsSync(join(workspaceRoot, other))) found.add(other);
    }
  }
  return [...found].sort();
}

/**
 * Targets of a document: `check`, `plan` and `rehearse`.
 * @param {string} file the document, relative to the workspace
 * @param {readonly string[]} documents all documents that take part in it, itself included
 * @returns {Record<string, Target>}
 */
export function documentTargets(file, documents) {
  const command = 'node packages/cli/bin/runbook.js';
  /** @type {(line: string, description: string) => Target} */
  const verb = (line, description) =>
    run(line, {
      dependsOn: [{ projects: ['runbook'], target: 'bundle' }],
      inputs: [...documents.map((document) => `{workspaceRoot}/${document}`), ...runningSources, 'workspace', node],
      outputs: [],
      metadata: { description },
    });
  return {
    check: verb(`${command} check ${file}`, 'Looks for problems; runs nothing.'),
    plan: verb(`${command} plan ${file}`, 'Shows what a run would do; runs nothing.'),
    rehearse: verb(`${command} run ${file} --rehearse --yes`, 'Runs the document in an embedded rehearsal world.'),
  };
}

/**
 * Targets of the tools and of the workspace as a whole.
 * @returns {Record<string, Target>}
 */
export function toolTargets() {
  const whole = [...packageSources, '{workspaceRoot}/tools/**/*', '{workspaceRoot}/bench/**/*', '{workspaceRoot}/package.json', 'workspace'];
  return {
    lint: run('tsc -p tools && oxlint --type-aware --deny-warnings tools bench vitest.config.ts', {
      inputs: ['sources', '{workspaceRoot}/bench/**/*', 'workspace', '{workspaceRoot}/.oxlintrc.json', '{workspaceRoot}/vitest.config.ts'],
      outputs: [],
    }),
    boundaries: run('node tools/boundaries.mjs', { inputs: whole, outputs: [], metadata: { description: 'Checks the import graph.' } }),
    'dead-exports': run('knip', { inputs: [...whole, '{workspaceRoot}/knip.json'], outputs: [], metadata: { description: 'Finds unused files, exports and dependencies.' } }),
    test: run('vitest run tools/', { dependsOn: [{ projects: ['runbook'], target: 'bundle' }], inputs: [...packageSources, 'sources', 'workspace', node, '{workspaceRoot}/docs/errors.md', '{workspaceRoot}/vitest.config.ts'], outputs: [] }),
  };
}

/**
 * The project that a file stands for.
 * @param {string} file relative to the workspace
 * @param {string} workspaceRoot
 */
function projectOf(file, workspaceRoot) {
  if (file.endsWith('.md')) {
    const targets = documentTargets(file, linkedDocuments(file, workspaceRoot));
    return { root: file, project: { name: `runbook:${basename(file, '.md')}`, implicitDependencies: ['runbook'], tags: ['document'], targets } };
  }
  if (file === 'tools/boundaries.json') {
    return { root: 'tools', project: { name: 'tools', tags: ['tool'], targets: toolTargets() } };
  }
  const root = dirname(file);
  const isCommand = existsSync(join(workspaceRoot, root, 'bin/runbook.js'));
  return { root, project: { tags: ['package'], targets: packageTargets(root, isCommand) } };
}

/** Loaded by Nx, see `plugins` in nx.json. */
export const name = 'runbook-workspace';

/** @type {import('nx/src/project-graph/plugins').CreateNodes} */
export const createNodes = [
  '{packages/*/package.json,runbooks/*.md,tools/boundaries.json}',
  (files, _options, context) =>
    files
      .filter((file) => basename(file) !== 'README.md')
      .map((file) => {
        const { root, project } = projectOf(file, context.workspaceRoot);
        return /** @type {const} */ ([file, { projects: { [root]: project } }]);
      }),
];

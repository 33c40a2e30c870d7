// The world at a glance, for a browser on this machine: repositories, pull requests, runs, images. It says what is, and changes
// nothing; no script, nothing loaded from anywhere.
import { faults } from '../fault.ts';
import { prowRuns, runUrl } from '../prow/run.ts';
import type { Core, Git, GitHub } from '../services.ts';

/** What the page is about. */
export interface StatusParts {
  readonly core: Core;
  readonly git: Git;
  readonly github: GitHub;
  /** Tags by repository, for repositories that hold images. */
  readonly images: () => Promise<ReadonlyMap<string, readonly string[]>>;
  readonly url: string;
}

/** How often a browser asks again. Seconds. */
const freshFor = 5;

/** Headers of the page: nothing runs in it, and nothing is fetched for it. */
export const statusHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  refresh: String(freshFor),
};

/** The page, as HTML. */
export async function statusPage({ core, git, github, images, url }: StatusParts): Promise<string> {
  const repos = git.repos();
  const pulls = repos.flatMap((repo) => github.pulls(repo));
  const { runs } = prowRuns(core);
  const on = faults.filter(({ name }) => core.fault(name));
  const held = [...(await images())];
  const table = (id: string, title: string, head: readonly string[], rows: readonly (readonly string[])[]): string =>
    `<section aria-labelledby="${id}"><h2 id="${id}">${text(title)} <small>${rows.length}</small></h2>${rows.length === 0 ? '<p>None.</p>' : `<table><thead><tr>${head.map((cell) => `<th scope="col">${text(cell)}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`).join('')}</tbody></table>`}</section>`;
  const body = [
    table('faults', 'Faults that are on', ['Fault', 'What it teaches'], on.map(({ name, lesson }) => [name, lesson])),
    table('pulls', 'Pull requests', ['Pull request', 'State', 'Title', 'By', 'Labels', 'Statuses'], pulls.map((pull) => [`${pull.repo}#${pull.number}`, pull.state, pull.title, pull.author, pull.labels.join(', '), github.statuses(pull.repo, pull.headSha).map(({ context, state }) => `${context}: ${state}`).join(', ')])),
    table('runs', 'Prow runs', ['Job', 'State', 'On', 'What it says', 'Page'], [...runs].reverse().map((run) => [run.job, run.state, run.pull === undefined ? `${run.repo} ${run.baseRef}` : `${run.repo}#${run.pull.number}`, run.description, runUrl(run)])),
    table('images', 'Images', ['Repository', 'Tags'], held.map(([name, tags]) => [name, tags.join(', ')])),
    table('repositories', 'Repositories', ['Repository', 'Branch'], repos.map((repo) => [repo, git.defaultBranch(repo)])),
  ];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A rehearsal world</title><style>${style}</style></head><body><header><h1>A rehearsal world</h1><p>At <code>${text(url)}</code> it is <time>${new Date(core.now()).toISOString()}</time>. Nothing of this is real.</p></header><main>${body.join('')}</main></body></html>\n`;
}

const style = 'body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;color:#1b1f24;background:#fff}table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #d0d7de;vertical-align:top;overflow-wrap:anywhere}h2 small{color:#57606a;font-weight:normal}code{font-size:.9em}@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}h2 small{color:#9198a1}}';

/** Text of the world's people as HTML text. */
function text(value: string): string {
  return value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\u2423');
}

// `runbook preflight`: what would go wrong with a release, said before anything of it is done. It only reads; what could not be
// looked at is unknown and ends with 1, as a failure does.
import { oneLine } from '@runbook/render';
import { checklist, cloneForReading, folderPromoter, githubPromoter, openGit, promotionRepo, type ChecklistRequest, type ChecklistSources, type Finding, type Looked } from '@runbook/toolkit';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClients, type Clients } from '../clients.ts';
import { print, say, stdoutStyle } from '../console.ts';
import { exitCodes, UsageError } from '../exit.ts';

/** The flags of `runbook preflight`. */
export interface PreflightFlags {
  readonly repo: string;
  readonly ref: string;
  readonly image: readonly string[];
  readonly project?: string;
  readonly branch: string;
  readonly source?: string;
  readonly commit?: string;
  readonly jobs?: string;
  readonly promoter?: string;
  readonly tags?: string;
  readonly pull?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** Runs the checklist; 0 only when nothing failed and nothing is unknown. */
export async function preflight(flags: PreflightFlags): Promise<number> {
  const wanted = readRequest(flags);
  const cloned = mkdtempSync(join(tmpdir(), 'runbook-preflight-'));
  try {
    const clients = flags.offline === true ? undefined : await openClients({ asksGithub: true });
    const now = clients?.now ?? new Date();
    const sources = await openSources(flags, { version: wanted.version, cloned, clients });
    const findings = await checklist(sources, { ...wanted, now, today: now.toISOString().slice(0, 10) });
    if (flags.json === true) print(JSON.stringify({ findings }, null, 2));
    else print(renderFindings(findings));
    return findings.some(({ state }) => state === 'fail' || state === 'unknown') ? exitCodes.failed : exitCodes.done;
  } finally {
    rmSync(cloned, { recursive: true, force: true });
  }
}

function readRequest(flags: PreflightFlags): Omit<ChecklistRequest, 'now' | 'today'> {
  const { repo, ref, image, tags, pull } = flags;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repo)) throw new UsageError(`--repo ${repo}: expected ORG/REPO, for example kubernetes-sigs/apisnoop.`);
  const version = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  if (version === undefined) throw new UsageError(`--ref ${ref}: expected the tag to release, for example refs/tags/v1.2.3.`);
  const tagsInPush = tags === undefined ? undefined : Number(tags);
  if (tagsInPush !== undefined && !(Number.isInteger(tagsInPush) && tagsInPush > 0)) throw new UsageError(`--tags ${tags ?? ''}: expected how many tags are pushed at once.`);
  if (pull !== undefined && !/^[1-9]\d{0,8}$/.test(pull)) throw new UsageError(`--pull ${pull}: expected the number of the pull request to kubernetes/k8s.io.`);
  const digests = new Map<string, string>();
  const images = image.map((text) => {
    const [name = '', digest, ...more] = text.split('@');
    if (name === '' || more.length > 0 || (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))) throw new UsageError(`--image ${text}: expected NAME, or NAME@sha256:… once it is built.`);
    if (digest !== undefined) digests.set(name, digest);
    return name;
  });
  return { repo, version, images, digests, branch: flags.branch, project: flags.project ?? repo.split('/')[1] ?? repo, ...(tagsInPush === undefined ? {} : { tagsInPush }), ...(pull === undefined ? {} : { pull: Number(pull) }) };
}

/** Finds what is to be looked at: folders that were given, and what is not offline. */
async function openSources(flags: PreflightFlags, { version, cloned, clients }: { readonly version: string; readonly cloned: string; readonly clients: Clients | undefined }): Promise<ChecklistSources> {
  const not = (fix: string): Looked<never> => ({ kind: 'not', why: 'it was not asked for: --offline', fix });
  const online = <T>(value: (all: Clients) => T): Looked<T> => (clients === undefined ? not('Run it again without --offline.') : { kind: 'here', value: value(clients) });
  const clone = (repo: string, name: string, only?: readonly string[]): Promise<Looked<string>> => (clients === undefined ? Promise.resolve(not(`Give a checkout of ${repo}, or leave --offline out.`)) : tryClone(clients, { repo, folder: join(cloned, name), ...(only === undefined ? {} : { only }) }));
  const folder = (flag: string, path: string): Looked<string> => {
    if (!existsSync(path)) throw new UsageError(`${flag} ${path}: there is no such folder.`);
    return { kind: 'here', value: path };
  };
  const source = flags.source === undefined ? await clone(flags.repo, 'source') : folder('--source', flags.source);
  const jobs = flags.jobs === undefined ? await clone('kubernetes/test-infra', 'jobs', ['config/jobs/image-pushing']) : folder('--jobs', flags.jobs);
  const promoter = flags.promoter === undefined ? undefined : folder('--promoter', flags.promoter);
  return {
    jobs,
    source: source.kind === 'not' ? source : await findCommit(source.value, version, flags),
    promoter: promoter?.kind === 'here' ? { kind: 'here', value: folderPromoter(promoter.value) } : clients === undefined ? not(`Give --promoter with a checkout of ${promotionRepo}, or leave --offline out.`) : { kind: 'here', value: githubPromoter(clients.github) },
    github: online((all) => all.github),
    registry: online((all) => all.registry),
    ...(clients === undefined ? {} : { prow: clients.prow }),
  };
}

async function tryClone(clients: Clients, request: { readonly repo: string; readonly folder: string; readonly only?: readonly string[] }): Promise<Looked<string>> {
  try {
    say(`Looking into https://github.com/${oneLine(request.repo)} …`);
    await cloneForReading({ ...request, env: clients.env });
    return { kind: 'here', value: request.folder };
  } catch (error) {
    return { kind: 'not', why: oneLine(error instanceof Error ? error.message : String(error)), fix: 'See that the repository can be read, or give a checkout.' };
  }
}

/** The commit to release: the given one, the tag's if it is there, else the branch's newest. */
async function findCommit(folder: string, version: string, { commit, branch }: PreflightFlags): ReturnType<typeof lookForCommit> {
  return lookForCommit(folder, commit === undefined ? [`refs/tags/${version}`, `refs/remotes/origin/${branch}`, `refs/heads/${branch}`] : [commit]);
}

async function lookForCommit(folder: string, names: readonly string[]): Promise<Looked<{ readonly folder: string; readonly commit: string }>> {
  const git = openGit(folder);
  let words = '';
  for (const name of names) {
    try {
      return { kind: 'here', value: { folder, commit: await git.read(['rev-parse', '--verify', '--end-of-options', `${name}^{commit}`]) } };
    } catch (error) {
      words = error instanceof Error ? error.message : String(error);
    }
  }
  return { kind: 'not', why: `none of ${names.join(', ')} is a commit there: ${oneLine(words)}`, fix: 'Give --commit, or a clone that has it.' };
}

function renderFindings(findings: readonly Finding[]): string {
  const { palette } = stdoutStyle();
  const paints = { pass: palette.green, warn: palette.yellow, fail: palette.red, unknown: palette.magenta } as const;
  const lines = findings.flatMap(({ state, check, evidence, fix }) => [
    `${paints[state](state.padEnd(7))} ${palette.bold(oneLine(check))}: ${oneLine(evidence)}`,
    ...(fix === undefined || state === 'pass' ? [] : [`        -> ${oneLine(fix)}`]),
  ]);
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  return [...lines, `${count('pass')} pass, ${count('warn')} warn, ${count('fail')} fail, ${count('unknown')} unknown`].join('\n');
}

// Cloud Build for one build: runs the steps of a substituted cloudbuild.yaml against the files of a commit, pushes real images
// and writes the log that the real one prints. It never guesses: a step whose pushes cannot be known fails the build in words.
import { imagesPushed } from '@runbook/cloudbuild';
import type { BuildStep, Cloudbuild } from '@runbook/cloudbuild';
import type { RepoName, Services } from '../services.ts';
import { contextFiles, insidePath } from './context.ts';
import { dockerCommand } from './docker-step.ts';
import type { DockerCommand } from './docker-step.ts';
import { parseImageName, pushImage } from './image.ts';
import type { ImageRecipe } from './image.ts';

/** What a step that is a script pushes, as the seed declares it. References are substituted already. */
export interface DeclaredPushes {
  readonly pushes: readonly { readonly image: string; readonly platforms: readonly string[] }[];
}

/** One build. */
export interface BuildRequest {
  readonly repo: RepoName;
  readonly commit: string;
  /** Folder of the repository that was uploaded as source; `''` is its root. */
  readonly buildDir: string;
  /** The cloudbuild file's path in the repository. */
  readonly file: string;
  /** After substitution. */
  readonly build: Cloudbuild;
  /** By step index. */
  readonly declared: Readonly<Record<string, DeclaredPushes>>;
  /** True when the seed's `build-fails` fault is on. */
  readonly fails: boolean;
}

/** How a build ended: its log between `starting build` and the table, and what it pushed. */
export interface BuildResult {
  readonly ok: boolean;
  readonly lines: readonly string[];
  /** `repository:tag` of everything pushed. */
  readonly pushed: readonly string[];
}

/** A step that ended badly; the message is what Cloud Build's log says. */
class StepFailure extends Error {}

/** How a step speaks: a line of the log, and the failure that ends it. */
interface Voice {
  say(text: string): void;
  failed(why: string): StepFailure;
}

interface Workspace {
  readonly services: Services;
  readonly request: BuildRequest;
  readonly seconds: number;
  /** Images in the local docker of the build, by reference. */
  readonly local: Map<string, ImageRecipe>;
  readonly lines: string[];
  readonly pushed: string[];
}

/** Runs the build to its end. */
export async function runCloudBuild(services: Services, request: BuildRequest): Promise<BuildResult> {
  const seconds = Number((await services.git.run(request.repo, ['show', '-s', '--format=%ct', request.commit])).trim());
  const workspace: Workspace = { services, request, seconds, local: new Map(), lines: ['BUILD'], pushed: [] };
  try {
    for (const [index, step] of request.build.steps.entries()) await runStep(workspace, index, step);
    await pushBuilt(workspace);
    workspace.lines.push('DONE');
    return { ok: true, lines: workspace.lines, pushed: workspace.pushed };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    workspace.lines.push('ERROR', error.message);
    return { ok: false, lines: workspace.lines, pushed: workspace.pushed };
  }
}

async function runStep(workspace: Workspace, index: number, step: BuildStep): Promise<void> {
  const { request, lines } = workspace;
  const named = `Step #${index}${step.id === undefined ? '' : ` - "${step.id}"`}`;
  const voice: Voice = {
    say: (text) => void lines.push(`${named}: ${text}`),
    failed: (why) => {
      voice.say(why);
      return new StepFailure(`ERROR: build step ${index} "${step.name}" failed: step exited with non-zero status: 1`);
    },
  };
  lines.push(`Starting ${named}`);
  voice.say(`Pulling image: ${step.name}`);
  if (request.fails) throw voice.failed('rehearsal: this step fails because the fault build-fails is on');
  const declared = Object.hasOwn(request.declared, String(index)) ? request.declared[String(index)] : undefined;
  if (declared !== undefined) await pushDeclared(workspace, step, declared, voice);
  else {
    const known = imagesPushed(request.build);
    const opaque = known.opaque.find((other) => other.step === index);
    if (opaque !== undefined) throw voice.failed(undeclared(request, index, step));
    const before = workspace.pushed.length;
    await runDocker(workspace, step, dockerCommand(step), voice);
    // A shell line may push what its words say plainly: then the platforms are known, and the context is the source.
    for (const { reference, platforms, step: at } of known.images) {
      if (at === index && !workspace.pushed.slice(before).includes(reference)) await pushReferences(workspace, [reference], await sourceRecipe(workspace, step, platforms ?? ['linux/amd64']), voice);
    }
  }
  lines.push(`Finished ${named}`);
}

function undeclared(request: BuildRequest, index: number, step: BuildStep): string {
  const what = step.script === undefined ? (step.entrypoint ?? step.name.split('/').at(-1) ?? step.name) : 'a script';
  return `step ${index} runs ${what}: the rehearsal cannot know what it pushes; declare it in world.yaml under builds → ${request.repo} → ${request.file} → '${index}'`;
}

async function pushDeclared(workspace: Workspace, step: BuildStep, declared: DeclaredPushes, voice: Voice): Promise<void> {
  for (const { image, platforms } of declared.pushes) {
    const recipe = await sourceRecipe(workspace, step, platforms);
    await pushReferences(workspace, [image], { ...recipe, createdBy: `${recipe.createdBy} # ${image.replace(/:[^:/]*$/, '')}` }, voice);
  }
}

/** Under the fault single-platform-build the first one has to do. */
function builtFor({ services }: Workspace, platforms: readonly string[]): readonly string[] {
  return services.core.fault('single-platform-build') ? platforms.slice(0, 1) : platforms;
}

/** An image made from the whole source that was uploaded. */
async function sourceRecipe(workspace: Workspace, step: BuildStep, platforms: readonly string[]): Promise<ImageRecipe> {
  const { services, request, seconds } = workspace;
  const context = (await contextFiles(services.git, request.repo, request.commit, request.buildDir)) ?? [];
  return { context, platforms: builtFor(workspace, platforms), createdBy: [step.entrypoint, ...step.args, step.script].filter((word) => word !== undefined).join(' '), seconds, format: 'oci' };
}

async function runDocker(workspace: Workspace, step: BuildStep, command: DockerCommand, voice: Voice): Promise<void> {
  const { local } = workspace;
  switch (command.kind) {
    case 'other':
      voice.say('rehearsal: nothing of this step reaches a registry');
      return;
    case 'tag': {
      const recipe = local.get(command.from);
      if (recipe === undefined) throw voice.failed(`Error response from daemon: No such image: ${command.from}`);
      local.set(command.to, recipe);
      return;
    }
    case 'push':
      for (const reference of command.references) {
        const recipe = local.get(reference);
        if (recipe === undefined) throw voice.failed(`An image does not exist locally with the tag: ${reference.replace(/:[^:/]*$/, '')}`);
        await pushReferences(workspace, [reference], recipe, voice);
      }
      return;
    case 'build': {
      const recipe = await recipeOf(workspace, step, command, voice);
      voice.say(`rehearsal: built ${recipe.platforms.join(', ')} from ${recipe.context.length} files of ${workspace.request.commit.slice(0, 7)}`);
      if (command.push) await pushReferences(workspace, command.tags, recipe, voice);
      else if (!command.buildx || recipe.platforms.length === 1) for (const tag of command.tags) local.set(tag, { ...recipe, format: 'docker' });
    }
  }
}

async function recipeOf(workspace: Workspace, step: BuildStep, command: DockerCommand & { kind: 'build' }, voice: Voice): Promise<ImageRecipe> {
  const { request, services } = workspace;
  if (/^[a-z+]+:\/\/|^git@/.test(command.context) || command.context === '-') throw voice.failed(`rehearsal: the context ${command.context} lies outside the repository`);
  const at = (path: string): string | undefined => insidePath(request.buildDir, ...(path.startsWith('/workspace') ? [path.slice('/workspace'.length)] : [step.dir ?? '', path]));
  const folder = at(command.context);
  const context = folder === undefined ? undefined : await contextFiles(services.git, request.repo, request.commit, folder);
  if (folder === undefined || context === undefined) throw voice.failed(`unable to prepare context: path ${JSON.stringify(command.context)} not found`);
  const dockerfile = command.dockerfile === undefined ? insidePath(folder, 'Dockerfile') : at(command.dockerfile);
  if (dockerfile === undefined || (await services.git.readFile(request.repo, request.commit, dockerfile)) === undefined) {
    throw voice.failed(`failed to read dockerfile: open ${command.dockerfile ?? 'Dockerfile'}: no such file or directory`);
  }
  const platforms = command.platforms.length === 0 ? ['linux/amd64'] : command.platforms;
  return { context, platforms: builtFor(workspace, platforms), createdBy: `docker ${step.args.join(' ')}`, seconds: workspace.seconds, format: command.buildx ? 'oci' : 'docker' };
}

/** Pushes under every reference, one push a repository, with the lines of docker push or, for an image of the OCI kind, of buildx. */
async function pushReferences(workspace: Workspace, references: readonly string[], recipe: ImageRecipe, voice: Voice): Promise<void> {
  const byRepository = new Map<string, string[]>();
  for (const reference of references) {
    const name = parseImageName(reference);
    if (name === undefined) throw voice.failed(`ERROR: failed to solve: invalid reference format: ${JSON.stringify(reference)}`);
    byRepository.set(name.repository, [...(byRepository.get(name.repository) ?? []), name.tag]);
  }
  for (const [repository, tags] of byRepository) {
    const { digest, size, index } = await pushImage(workspace.services.registry, repository, tags, recipe);
    const docker = recipe.format === 'docker';
    if (docker) voice.say(`The push refers to repository [${repository}]`);
    else voice.say(`#9 exporting ${index ? 'manifest list' : 'manifest'} ${digest} done`);
    for (const tag of tags) {
      voice.say(docker ? `${tag}: digest: ${digest} size: ${size}` : `#9 pushing manifest for ${repository}:${tag}@${digest} done`);
      workspace.pushed.push(`${repository}:${tag}`);
    }
  }
}

/** After the steps Cloud Build pushes what `images:` names; each must be in the build's docker by then. */
async function pushBuilt(workspace: Workspace): Promise<void> {
  const { build } = workspace.request;
  const known = imagesPushed(build).images;
  for (const { reference, platforms, step } of known) {
    const first = build.steps[0];
    if (step === undefined && platforms !== undefined && first !== undefined && !workspace.local.has(reference)) workspace.local.set(reference, { ...(await sourceRecipe(workspace, first, platforms)), format: 'docker' });
  }
  const wanted = [...new Set([...build.images, ...(build.artifacts?.images ?? [])])];
  const missing = wanted.filter((reference) => !workspace.local.has(reference));
  if (missing.length > 0) throw new StepFailure(`ERROR: failed to find one or more images after execution of build steps: [${missing.map((reference) => JSON.stringify(reference)).join(' ')}]`);
  if (wanted.length > 0) workspace.lines.push('PUSH');
  for (const reference of wanted) {
    workspace.lines.push(`Pushing ${reference}`);
    const recipe = workspace.local.get(reference);
    if (recipe !== undefined) await pushReferences(workspace, [reference], recipe, { say: (text) => void workspace.lines.push(text), failed: (why) => new StepFailure(`ERROR: ${why}`) });
  }
}

// What a build step runs: the builder image, its entrypoint and arguments, down to single commands.
// It knows a few builder images and harmless programs; everything else is opaque, never guessed.
import type { BuildStep } from './build.ts';
import { readDocker, readGcloud, type ImageAction } from './docker-command.ts';
import { readShell, type ShellWord } from './shell-command.ts';

/** Programs that never push an image. */
const harmlessPrograms: ReadonlySet<string> = new Set([
  'echo', 'printf', 'cat', 'ls', 'cp', 'mv', 'mkdir', 'rm', 'ln', 'touch', 'chmod', 'chown', 'sed', 'awk', 'grep', 'head', 'tail', 'sort', 'tr', 'cut', 'wc', 'tee', 'find', 'xargs',
  'true', 'false', 'test', '[', 'pwd', 'cd', 'set', 'export', 'unset', 'exit', 'sleep', 'date', 'env', 'whoami', 'id', 'tar', 'gzip', 'unzip', 'base64', 'sha256sum', 'md5sum',
  'git', 'curl', 'wget', 'gsutil', 'jq', 'yq', 'apt-get', 'apk', 'diff', 'which', 'umask', 'wait', ':',
]);
const harmlessGo: ReadonlySet<string> = new Set(['build', 'test', 'vet', 'mod', 'env', 'version', 'install', 'fmt', 'list', 'get', 'clean']);

/** Builder images whose own entrypoint never pushes an image. */
const harmlessBuilders = /^(?:gcr\.io\/gcp-runtimes\/container-structure-test|gcr\.io\/cloud-builders\/(?:git|gsutil|curl|wget|npm|yarn|mvn|gradle))$/;
const dockerBuilder = /^gcr\.io\/cloud-builders\/docker$/;
const gcloudBuilder = /^gcr\.io\/(?:cloud-builders\/gcloud|google\.com\/cloudsdktool\/(?:google-)?cloud-sdk)$/;
const goBuilder = /^gcr\.io\/cloud-builders\/go$/;
/** Images without an entrypoint: the arguments are the command. */
const passThrough = /^(?:(?:gcr\.io\/k8s-staging-test-infra|registry\.k8s\.io\/releng)\/gcb-docker-gcloud|(?:docker\.io\/(?:library\/)?)?(?:bash|busybox|ubuntu|debian|alpine|golang))$/;

/** What a step does to images, in order. */
export function readStep(step: BuildStep, env: readonly string[] = []): readonly ImageAction[] {
  if (step.script !== undefined) return [opaque('it runs a script')];
  const image = step.name.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const variables = Object.fromEntries([...env, ...step.env].map((entry) => [entry.slice(0, Math.max(entry.indexOf('='), 0)), entry.slice(entry.indexOf('=') + 1)]));
  if (step.entrypoint !== undefined && step.entrypoint !== '') return readCommand([step.entrypoint, ...step.args], variables);
  if (dockerBuilder.test(image)) return readCommand(['docker', ...step.args], variables);
  if (gcloudBuilder.test(image)) return readCommand(['gcloud', ...step.args], variables);
  if (goBuilder.test(image)) return readCommand(['go', ...step.args], variables);
  if (harmlessBuilders.test(image)) return [];
  if (passThrough.test(image) && step.args.length > 0) {
    // bash's own image runs its arguments through bash when they start with a flag.
    return readCommand((step.args[0] ?? '').startsWith('-') ? [image.split('/').at(-1) ?? '', ...step.args] : step.args, variables);
  }
  return [opaque(`what ${step.name} does by itself cannot be known`)];
}

function readCommand(argv: readonly string[], variables: Readonly<Record<string, string>>): readonly ImageAction[] {
  const [path = '', ...args] = argv;
  const program = path.split('/').at(-1) ?? '';
  if (path.startsWith('./') || path.endsWith('.sh')) return [opaque(`it runs the script ${path}`)];
  if (['bash', 'sh', 'dash', 'ash'].includes(program)) {
    const flag = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
    const script = args[flag + 1];
    return flag === -1 || script === undefined ? [opaque(`it runs ${[program, ...args].join(' ').trim()}`)] : readScript(script, variables);
  }
  if (program === 'docker') return [readDocker(args)];
  // The entrypoint of gcb-docker-gcloud that prepares emulation and then runs docker buildx.
  if (program === 'buildx-entrypoint') return [readDocker(['buildx', ...args])];
  if (program === 'gcloud') return [readGcloud(args)];
  if (program === 'go') return harmlessGo.has(args[0] ?? '') ? [] : [opaque(`it runs go ${args[0] ?? ''}`)];
  if ((program === 'env' && args.length > 0) || program === 'xargs') return [opaque(`it runs ${[program, ...args].slice(0, 3).join(' ')}`)];
  if (program === 'find' && args.some((arg) => arg === '-exec' || arg === '-execdir')) return [opaque('it runs find with -exec')];
  return harmlessPrograms.has(program) ? [] : [opaque(`it runs ${[program, ...args].slice(0, 3).join(' ')}`)];
}

/** Programs whose outcome decides whether the command behind && runs. */
const predicates: ReadonlySet<string> = new Set(['test', '[', '[[', 'grep', 'which', 'diff', 'true', 'false']);
/** Words whose unknown value cannot change what is pushed. */
const aside = /^--(?:build-arg|label|annotation|cache-from|cache-to|target|progress|network|secret|ssh|iidfile|metadata-file)(=|$)/;

function readScript(script: string, variables: Readonly<Record<string, string>>): readonly ImageAction[] {
  const { commands, complex, unread } = readShell(script, variables);
  const inner = hiddenProgram(script);
  if (unread !== undefined) return [opaque(unread)];
  if (inner !== undefined) return [opaque(`it runs ${inner} inside another command`)];
  const actions: ImageAction[] = [];
  let uncertain = complex;
  let before = '';
  for (const { words, after } of commands) {
    const shown = words.slice(0, 3).map((word) => word.text).join(' ');
    const acts = readWords(words, variables, shown).filter((action) => action.kind !== 'nothing');
    const program = words[0]?.literal ?? '';
    const conditional = after === 'or' || (after === 'and' && predicates.has(before));
    if (acts.some((action) => action.kind !== 'opaque')) {
      if (uncertain !== undefined) return [...actions, opaque(`${uncertain}, and "${shown}" may push an image`)];
      if (conditional) return [...actions, opaque(`whether "${shown}" runs depends on the command before it`)];
    }
    if (program === 'exit') uncertain ??= 'the script may end early';
    before = program;
    actions.push(...acts);
  }
  return actions;
}

function readWords(words: readonly ShellWord[], variables: Readonly<Record<string, string>>, shown: string): readonly ImageAction[] {
  const program = words[0]?.literal;
  const unknown = words.some((word, index) => word.literal === undefined && aside.exec(word.text)?.[1] !== '=' && aside.exec(words[index - 1]?.text ?? '')?.[1] !== '');
  if (program === undefined) return [opaque(`a variable in "${shown}" has no known value`)];
  const argv = words.map((word) => word.literal ?? word.text);
  const acts = readCommand(argv, variables);
  // A build that seems to push nothing may do so through the word that is not known.
  const mayPush = acts.some((action) => action.kind !== 'nothing') || argv.some((word) => ['build', 'b', 'bake', 'push', 'imagetools'].includes(word));
  return unknown && acts.length > 0 && mayPush ? [opaque(`a variable in "${shown}" has no known value`)] : acts;
}

/** The first program inside `$(…)` or backticks that is not harmless. */
function hiddenProgram(script: string): string | undefined {
  const programs = [...script.matchAll(/\$\(\s*([^\s()]+)|`\s*([^\s`]+)/g)].map((match) => match[1] ?? match[2] ?? '');
  return programs.find((program) => !harmlessPrograms.has(program) && program !== 'gcloud');
}

function opaque(why: string): ImageAction {
  return { kind: 'opaque', why };
}

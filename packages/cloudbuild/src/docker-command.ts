// What one docker (or gcloud) command does to images: builds them here, names them, or pushes them.
// A command it cannot read to the end is opaque; it never guesses.

/** What a command does, as far as images are concerned. */
export type ImageAction =
  | { readonly kind: 'nothing' }
  /** Built into the local docker. */
  | { readonly kind: 'built'; readonly references: readonly string[]; readonly platforms?: readonly string[] }
  | { readonly kind: 'pushed'; readonly references: readonly string[]; readonly platforms?: readonly string[] }
  /** A second name for an image, local or in the registry. */
  | { readonly kind: 'named'; readonly from: string; readonly to: string; readonly pushed: boolean }
  | { readonly kind: 'opaque'; readonly why: string };

const harmless: readonly string[] = [
  'login', 'logout', 'pull', 'version', 'info', 'images', 'image ls', 'image inspect', 'image pull', 'image rm', 'image prune', 'inspect', 'history',
  'rm', 'rmi', 'ps', 'save', 'load', 'cp', 'create', 'system prune', 'system info', 'manifest create', 'manifest annotate', 'manifest inspect',
  'buildx create', 'buildx use', 'buildx inspect', 'buildx ls', 'buildx rm', 'buildx stop', 'buildx version', 'buildx du', 'buildx prune',
  'buildx imagetools inspect', 'builder prune', 'context create', 'context use', 'context ls',
];
const groups: readonly string[] = ['image', 'buildx', 'builder', 'manifest', 'system', 'context', 'compose', 'buildx imagetools'];
const globalValueFlags: readonly string[] = ['--config', '-c', '--context', '-H', '--host', '-l', '--log-level'];
const native: readonly string[] = ['linux/amd64'];

/** Reads the arguments behind `docker`. */
export function readDocker(args: readonly string[]): ImageAction {
  let at = 0;
  while ((args[at] ?? '').startsWith('-')) at += globalValueFlags.includes(args[at] ?? '') ? 2 : 1;
  let command = args[at] ?? '';
  at += 1;
  while (groups.includes(command) && at < args.length) {
    command += ` ${args[at] ?? ''}`;
    at += 1;
  }
  const rest = args.slice(at);
  if (['build', 'image build', 'builder build', 'buildx build', 'buildx b'].includes(command)) return readBuild(rest, command.startsWith('buildx'));
  if (command === 'push' || command === 'image push' || command === 'manifest push') return readPush(command, rest);
  if (command === 'tag' || command === 'image tag') return rest.length === 2 ? { kind: 'named', from: rest[0] ?? '', to: rest[1] ?? '', pushed: false } : opaque('docker tag has other than two arguments');
  if (command === 'buildx imagetools create') return readCreate(rest);
  if (command === 'run' && rest.some((arg) => /(?:qemu-user-static|binfmt)(?:[:@]|$)/.test(arg))) return { kind: 'nothing' };
  return harmless.includes(command) ? { kind: 'nothing' } : opaque(`what "docker ${command}" pushes cannot be known`);
}

const buildValueFlags: readonly string[] = [
  '--add-host', '--allow', '--annotation', '--attest', '--build-arg', '--build-context', '--builder', '--cache-from', '--cache-to', '--call',
  '--cgroup-parent', '--cpu-period', '--cpu-quota', '--cpu-shares', '-c', '--cpuset-cpus', '--cpuset-mems', '-f', '--file', '--iidfile', '--isolation', '--label',
  '-m', '--memory', '--memory-swap', '--metadata-file', '--network', '--no-cache-filter', '-o', '--output', '--platform', '--policy', '--progress', '--provenance',
  '--sbom', '--secret', '--security-opt', '--shm-size', '--ssh', '-t', '--tag', '--target', '--ulimit',
];
const buildSwitches: readonly string[] = ['--push', '--load', '--no-cache', '--pull', '--rm', '--force-rm', '-q', '--quiet', '--squash', '--compress', '-D', '--debug', '--check', '--disable-content-trust'];

function readBuild(args: readonly string[], buildx: boolean): ImageAction {
  const parsed = readFlags(args, buildValueFlags, buildSwitches);
  if (parsed === undefined) return opaque('a docker build has a flag that is not known here');
  const { values, switches } = parsed;
  const outputs = [...(values.get('-o') ?? []), ...(values.get('--output') ?? [])].map(readOutput);
  const references = [...(values.get('-t') ?? []), ...(values.get('--tag') ?? []), ...outputs.flatMap((output) => output.names)];
  const stated = (values.get('--platform') ?? []).flatMap((list) => list.split(',')).map((platform) => platform.trim()).filter((platform) => platform !== '');
  const platforms = stated.length === 0 ? native : stated;
  const pushes = switches.has('--push') || outputs.some((output) => output.pushes);
  if (pushes && references.length === 0) return opaque('a docker build pushes without naming a tag');
  if (pushes) return { kind: 'pushed', references, platforms };
  const local = outputs.length === 0 || outputs.some((output) => output.local) || switches.has('--load');
  // Without --load, a buildx build of its own builder leaves nothing in the local docker; the default builder does.
  if (!local || (buildx && stated.length > 1)) return { kind: 'nothing' };
  return { kind: 'built', references, platforms };
}

interface BuildOutput {
  readonly pushes: boolean;
  readonly local: boolean;
  readonly names: readonly string[];
}

/** `type=registry,unpack=false`, `type=image,"name=a,b",push=true`, `type=docker`. */
function readOutput(text: string): BuildOutput {
  const fields = new Map(
    [...text.matchAll(/"([^"]*)"|([^,"]+)/g)].map((match): [string, string] => {
      const [key = '', ...value] = (match[1] ?? match[2] ?? '').split('=');
      return [key.trim(), value.join('=')];
    }),
  );
  const type = fields.get('type') ?? '';
  const names = (fields.get('name') ?? '').split(',').filter((name) => name !== '');
  return { pushes: type === 'registry' || fields.get('push') === 'true', local: type === 'docker', names };
}

function readPush(command: string, args: readonly string[]): ImageAction {
  const parsed = readFlags(args, [], ['-q', '--quiet', '-p', '--purge', '--insecure', '--disable-content-trust']);
  const reference = parsed?.rest[0];
  if (parsed === undefined || reference === undefined || parsed.rest.length > 1) return opaque(`what "docker ${command} ${args.join(' ')}" pushes cannot be known`);
  return { kind: 'pushed', references: [reference] };
}

function readCreate(args: readonly string[]): ImageAction {
  const parsed = readFlags(args, ['-t', '--tag', '--annotation', '--builder', '-f', '--file', '--progress', '-p', '--platform'], ['--append', '--dry-run', '--prefer-index']);
  if (parsed === undefined) return opaque('docker buildx imagetools create has a flag that is not known here');
  const references = [...(parsed.values.get('-t') ?? []), ...(parsed.values.get('--tag') ?? [])];
  if (parsed.switches.has('--dry-run') || references.length === 0) return { kind: 'nothing' };
  return { kind: 'pushed', references };
}

interface Flags {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly switches: ReadonlySet<string>;
  readonly rest: readonly string[];
}

/** Reads flags in docker's syntax; undefined when one is not known, so that its value is never taken for something else. */
function readFlags(args: readonly string[], valueFlags: readonly string[], switchFlags: readonly string[]): Flags | undefined {
  const values = new Map<string, string[]>();
  const switches = new Set<string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const joined = /^(--[^=]+|-[^-])=(.*)$/s.exec(arg);
    const short = /^(-[^-])([^=].*)$/s.exec(arg);
    const flag = joined?.[1] ?? (short !== null && valueFlags.includes(short[1] ?? '') ? short[1] : undefined) ?? arg;
    if (!arg.startsWith('-') || arg === '-') rest.push(arg);
    else if (valueFlags.includes(flag)) {
      const value = joined?.[2] ?? (flag === arg ? args[(at += 1)] : short?.[2]);
      values.set(flag, [...(values.get(flag) ?? []), value ?? '']);
    } else if (switchFlags.includes(flag)) {
      if (joined?.[2] !== 'false') switches.add(flag);
      else switches.delete(flag);
    } else return undefined;
  }
  return { values, switches, rest };
}

const harmlessGcloud = ['auth', 'config', 'secrets', 'storage', 'version', 'info', 'components', 'projects', 'logging', 'kms', 'iam', 'compute', 'container clusters', 'container images list', 'container images describe', 'artifacts docker images list', 'artifacts docker images describe'];

/** Reads the arguments behind `gcloud`. */
export function readGcloud(args: readonly string[]): ImageAction {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const line = words.join(' ');
  const add = /^(?:alpha |beta )?(?:container images add-tag|artifacts docker tags add) (\S+) (\S+)$/.exec(line);
  if (add !== null) return { kind: 'named', from: add[1] ?? '', to: add[2] ?? '', pushed: true };
  if (harmlessGcloud.some((command) => line === command || line.startsWith(`${command} `))) return { kind: 'nothing' };
  return opaque(`what "gcloud ${words.slice(0, 3).join(' ')}" pushes cannot be known`);
}

function opaque(why: string): ImageAction {
  return { kind: 'opaque', why };
}

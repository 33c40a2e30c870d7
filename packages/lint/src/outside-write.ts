// Commands that obviously change something outside the work folder. Short on purpose: what stands here stops a document, so
// each line must be beyond doubt; a doubtful one is only `maybe`.
import type { Invocation } from './invocation.ts';

/** A write that was recognised. */
export interface OutsideWrite {
  /** The command and its verb, as a person would name it. */
  readonly name: string;
  /** False where the command might only read. */
  readonly sure: boolean;
}

/** Per program: phrases of verbs that write. A phrase matches the first words that are no options. */
const verbs: Readonly<Record<string, readonly string[]>> = {
  git: ['push'],
  gh: [
    ...['create', 'merge', 'close', 'comment', 'edit', 'review', 'ready', 'reopen', 'lock', 'update-branch'].map((verb) => `pr ${verb}`),
    ...['create', 'delete', 'edit', 'upload', 'delete-asset'].map((verb) => `release ${verb}`),
    ...['create', 'close', 'comment', 'edit', 'delete', 'reopen', 'transfer'].map((verb) => `issue ${verb}`),
    ...['create', 'delete', 'fork', 'edit', 'rename', 'archive', 'sync'].map((verb) => `repo ${verb}`),
    'workflow run', 'workflow enable', 'workflow disable', 'run rerun', 'run cancel', 'run delete', 'secret set', 'secret delete', 'variable set', 'variable delete', 'gist create', 'label create', 'label delete',
  ],
  docker: ['push', 'image push', 'manifest push', 'buildx imagetools create'],
  podman: ['push', 'image push', 'manifest push'],
  nerdctl: ['push', 'image push'],
  buildah: ['push', 'manifest push'],
  skopeo: ['delete', 'sync'],
  crane: ['push', 'copy', 'cp', 'tag', 'delete', 'append', 'mutate', 'rebase'],
  oras: ['push', 'copy', 'cp', 'tag', 'attach', 'manifest push', 'manifest delete', 'blob push', 'blob delete'],
  cosign: ['sign', 'attest', 'attach', 'copy', 'clean', 'upload'],
  kubectl: ['apply', 'create', 'delete', 'edit', 'patch', 'replace', 'scale', 'label', 'annotate', 'set', 'drain', 'cordon', 'uncordon', 'taint', 'expose', 'autoscale', 'run', 'rollout restart', 'rollout undo', 'rollout pause', 'rollout resume'],
  helm: ['install', 'upgrade', 'uninstall', 'delete', 'rollback', 'push'],
  npm: ['publish', 'unpublish', 'deprecate', 'dist-tag add', 'dist-tag rm'],
  pnpm: ['publish'],
  yarn: ['publish', 'npm publish'],
  cargo: ['publish', 'yank'],
  twine: ['upload'],
  gem: ['push', 'yank'],
  terraform: ['apply', 'destroy', 'import'],
  tofu: ['apply', 'destroy', 'import'],
  pulumi: ['up', 'destroy'],
  gcloud: ['builds submit', 'run deploy', 'app deploy', 'functions deploy', 'container images add-tag', 'container images delete', 'container images untag', 'artifacts docker tags add', 'artifacts docker tags delete', 'artifacts docker images delete'],
};

/** Options that are followed by a word of their own, so that the verb is found behind them. */
const valued: Readonly<Record<string, readonly string[]>> = {
  git: ['-C', '-c', '--git-dir', '--work-tree', '--namespace'],
  gh: ['-R', '--repo'],
  docker: ['-c', '--context', '-H', '--host', '-l', '--log-level', '--config'],
  kubectl: ['-n', '--namespace', '--context', '--kubeconfig', '--cluster', '--user', '-s', '--server'],
  helm: ['-n', '--namespace', '--kube-context', '--kubeconfig'],
  gcloud: ['--project', '--account', '--configuration'],
  terraform: [],
};

/** The write that a command makes; undefined when none is obvious. A command with `--dry-run` makes none. */
export function findWrite({ name, words }: Invocation): OutsideWrite | undefined {
  if (words.some((word) => /^--dry-run(?:=(?!none|false)|$)/.test(word) || word === '--help')) return undefined;
  if (name === 'curl') return curlWrite(words);
  if (name === 'gh' && words[0] === 'api') return methodWrite('gh api', words, ['-X', '--method'], ['-f', '-F', '--field', '--raw-field', '--input']);
  if (name === 'docker' && words.includes('buildx') && words.includes('--push')) return { name: 'docker buildx build --push', sure: true };
  const last = words.at(-1) ?? '';
  if (name === 'skopeo' && words.includes('copy') && last.startsWith('docker://')) return { name: 'skopeo copy', sure: true };
  if (name === 'gsutil' && ((/^(?:cp|mv|rsync)$/.test(verb(words)) && last.startsWith('gs://')) || /^(?:rm|mb|rb|setmeta|acl)$/.test(verb(words)))) return { name: `gsutil ${verb(words)}`, sure: true };
  const phrase = plainWords(words, valued[name] ?? []).join(' ');
  if (!Object.hasOwn(verbs, name) || (name === 'git' && /^push\b/.test(phrase) && words.includes('-n'))) return undefined;
  const found = verbs[name]?.find((known) => phrase === known || phrase.startsWith(`${known} `));
  return found === undefined ? undefined : { name: `${name} ${found}`, sure: true };
}

function verb(words: readonly string[]): string {
  return words.find((word) => !word.startsWith('-')) ?? '';
}

function plainWords(words: readonly string[], takesWord: readonly string[]): string[] {
  const plain: string[] = [];
  for (let i = 0; i < words.length && plain.length < 4; i += 1) {
    const word = words[i] ?? '';
    if (takesWord.includes(word)) i += 1;
    else if (!word.startsWith('-')) plain.push(word);
  }
  return plain;
}

function curlWrite(words: readonly string[]): OutsideWrite | undefined {
  if (words.some((word) => word === '-T' || word === '--upload-file')) return { name: 'curl --upload-file', sure: true };
  if (words.some((word) => word === '-G' || word === '--get')) return undefined;
  return methodWrite('curl', words, ['-X', '--request'], ['-d', '--data', '--data-raw', '--data-binary', '--data-urlencode', '--json', '-F', '--form']);
}

/** A request whose method writes. A POST may only ask (GraphQL, tokens), so it is never sure. */
function methodWrite(name: string, words: readonly string[], methodOptions: readonly string[], bodyOptions: readonly string[]): OutsideWrite | undefined {
  let method: string | undefined;
  words.forEach((word, index) => {
    for (const option of methodOptions) {
      if (word === option) method = words[index + 1];
      else if (option.startsWith('--') && word.startsWith(`${option}=`)) method = word.slice(option.length + 1);
      else if (!option.startsWith('--') && word.startsWith(option) && word.length > 2) method = word.slice(2);
    }
  });
  const body = words.some((word) => bodyOptions.some((option) => word === option || (option.startsWith('--') && word.startsWith(`${option}=`))));
  const sent = (method ?? (body ? 'POST' : 'GET')).toUpperCase();
  if (sent === 'POST') return { name: `${name} (POST)`, sure: false };
  return sent === 'PUT' || sent === 'PATCH' || sent === 'DELETE' ? { name: `${name} -X ${sent}`, sure: true } : undefined;
}

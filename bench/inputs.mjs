// The inputs of the benchmark, made anew in a folder of its own: documents, job files, manifests.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {number} count @param {string} code */
export const blocks = (count, code = 'true') => `# Bench\n\n${Array.from({ length: count }, (_, i) => `\`\`\`bash {name=s${i} effect=read}\n${code}\n\`\`\`\n\n`).join('')}`;

/** The same blocks as zx reads them. @param {number} count @param {string} code */
export const zxBlocks = (count, code = 'true') => `# Bench\n\n${Array.from({ length: count }, () => `\`\`\`bash\n${code}\n\`\`\`\n\n`).join('')}`;

/** The same blocks for org-babel. @param {number} count @param {string} code */
export const orgBlocks = (count, code = 'true') => Array.from({ length: count }, () => `#+begin_src bash :session s :results silent\n${code}\n#+end_src\n\n`).join('');

/** A runbook of some 450 lines and 30 steps, as people write them. */
export function usualRunbook() {
  const parts = ['---\ntitle: Usual\ninputs:\n  version: { type: string, example: v1.2.3 }\n---\n# Usual\n'];
  for (let i = 0; i < 30; i += 1) {
    parts.push(`\n## Part ${i}\n\nSome words about this part, with a [link](#part-${i}) and \`code\`.\n\n- one thing\n- another thing\n\n\`\`\`bash {name=s${i} effect=read timeout=5m}\nvalue${i}=$(printf '%s\\n' "$version" | tr a-z A-Z)\nexport value${i}\nif [ -z "$value${i}" ]; then\n  echo "nothing" >&2\n  exit 1\nfi\n\`\`\`\n`);
  }
  return parts.join('');
}

/** Markdown of about so many bytes. @param {number} bytes */
export function longMarkdown(bytes) {
  const page = usualRunbook();
  let text = '';
  for (let i = 0; text.length < bytes; i += 1) text += page.replaceAll('{name=s', `{name=p${i}s`).replace(/^---[^]*?---\n/, '').replaceAll('value', `v${i}alue`).replaceAll('"$version"', '"$HOME"');
  return text;
}

/** Job files as test-infra has them. @param {string} folder @param {number} count */
export function writeJobs(folder, count) {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i += 1) {
    writeFileSync(join(folder, `job-${i}.yaml`), `postsubmits:\n  kubernetes-sigs/project-${i}:\n    - name: project-${i}-push-images\n      cluster: k8s-infra-prow-build-trusted\n      annotations:\n        testgrid-dashboards: sig-k8s-infra-gcb\n      decorate: true\n      branches:\n        - ^main$\n        - ^v\\d+\\.\\d+\\.\\d+$\n      spec:\n        serviceAccountName: gcb-builder\n        containers:\n          - image: gcr.io/k8s-staging-test-infra/image-builder:v20260704-7722336b68\n            command:\n              - /run.sh\n            args:\n              - --project=k8s-staging-project-${i}\n              - --scratch-bucket=gs://k8s-staging-project-${i}-gcb\n              - --env-passthrough=PULL_BASE_REF\n              - .\n`);
  }
}

/** @param {string} text */
const digest = (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** An images.yaml with so many tags. @param {string} name @param {number} tags */
export const imagesYaml = (name, tags) => `- name: ${name}\n  dmap:\n${Array.from({ length: tags }, (_, i) => `    "${digest(`${name} ${i}`)}": ["v0.${Math.floor(i / 10)}.${i % 10}"]\n`).join('')}`;

/** A tree of promoter files. @param {string} folder @param {number} projects */
export function writeManifests(folder, projects) {
  for (let i = 0; i < projects; i += 1) {
    const name = `k8s-staging-project-${i}`;
    mkdirSync(join(folder, 'images', name), { recursive: true });
    mkdirSync(join(folder, 'manifests', name), { recursive: true });
    writeFileSync(join(folder, 'images', name, 'images.yaml'), imagesYaml(`image-${i}`, 20));
    writeFileSync(join(folder, 'manifests', name, 'promoter-manifest.yaml'), `registries:\n  - name: gcr.io/${name}\n    src: true\n${regions.map((region) => `  - name: ${region}-docker.pkg.dev/k8s-artifacts-prod/images/project-${i}\n    service-account: k8s-infra-gcr-promoter@k8s-artifacts-prod.iam.gserviceaccount.com\n`).join('')}`);
  }
}

const regions = ['asia-east1', 'asia-south1', 'asia-northeast1', 'asia-northeast2', 'australia-southeast1', 'europe-north1', 'europe-southwest1', 'europe-west1', 'europe-west10', 'europe-west2', 'europe-west3', 'europe-west4', 'europe-west8', 'europe-west9', 'southamerica-west1', 'us-central1', 'us-east1', 'us-east4', 'us-east5', 'us-south1', 'us-west1', 'us-west2'];

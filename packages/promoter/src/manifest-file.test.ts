import { describe, expect, test } from 'vitest';
import { destinations, parseManifest, sourceRegistry } from './manifest-file.ts';

const good = `# group
registries:
  - name: gcr.io/k8s-staging-x
    src: true
  - name: us-east1-docker.pkg.dev/k8s-artifacts-prod/images/x
    service-account: promoter@example.com
  - name: localhost:5000/prod/x
imagesPath: "../../images/k8s-staging-x/images.yaml"
`;

test('registries, source and destinations', () => {
  const { manifest, problems } = parseManifest(good, 'm.yaml');
  expect(problems).toEqual([]);
  expect(manifest?.registries).toEqual([
    { name: 'gcr.io/k8s-staging-x', src: true, line: 3, column: 5 },
    { name: 'us-east1-docker.pkg.dev/k8s-artifacts-prod/images/x', src: false, serviceAccount: 'promoter@example.com', line: 5, column: 5 },
    { name: 'localhost:5000/prod/x', src: false, line: 7, column: 5 },
  ]);
  expect(manifest?.imagesPath).toBe('../../images/k8s-staging-x/images.yaml');
  if (manifest === undefined) throw new Error('no manifest');
  expect(sourceRegistry(manifest)).toBe('gcr.io/k8s-staging-x');
  expect(destinations(manifest)).toEqual(['us-east1-docker.pkg.dev/k8s-artifacts-prod/images/x', 'localhost:5000/prod/x']);
});

test('unknown keys are kept as they are', () => {
  const { manifest, problems } = parseManifest(`${good}provenance: {mode: warn, signers: [a]}\nfuture: 1\n`, 'm.yaml');
  expect(manifest?.raw['provenance']).toEqual({ mode: 'warn', signers: ['a'] });
  expect(manifest?.raw['future']).toBe(1);
  expect(problems.map((problem) => [problem.code, problem.severity, problem.line])).toEqual([['unknown-field', 'error', 10], ['new-field', 'warning', 9]]);
});

describe('what is wrong is reported at its place', () => {
  const table: readonly (readonly [what: string, text: string, code: string, line: number])[] = [
    ['not YAML', 'registries: [', 'yaml-syntax', 1],
    ['a list', '- a\n', 'wrong-type', 1],
    ['empty', '', 'wrong-type', 1],
    ['no registries', 'imagesPath: x\n', 'no-registries', 1],
    ['registries not a list', 'registries: {}\n', 'no-registries', 1],
    ['no source', good.replace('    src: true\n', ''), 'one-source', 2],
    ['two sources', good.replace('    service-account: promoter@example.com', '    src: true'), 'one-source', 2],
    ['no destination', 'registries:\n- name: gcr.io/x\n  src: true\n', 'no-destination', 1],
    ['a registry twice', good.replace('localhost:5000/prod/x', 'us-east1-docker.pkg.dev/k8s-artifacts-prod/images/x'), 'duplicate-registry', 7],
    ['a key twice', good.replace('    src: true', '    src: true\n    src: false'), 'duplicate-key', 5],
    ['a misspelt key', good.replace('service-account', 'serviceaccount'), 'unknown-field', 6],
    ['a registry without name', 'registries:\n- src: true\n- name: a/b\n', 'no-name', 2],
    ['a registry with scheme', good.replace('gcr.io/', 'https://gcr.io/'), 'bad-name', 3],
    ['a registry with a slash at its end', good.replace('k8s-staging-x\n', 'k8s-staging-x/\n'), 'bad-name', 3],
    ['src that is no flag', good.replace('src: true', 'src: maybe'), 'wrong-type', 3],
    ['a registry that is a text', 'registries:\n- gcr.io/x\n', 'wrong-type', 2],
  ];
  for (const [what, text, code, line] of table) {
    test(what, () => expect(parseManifest(text, 'm.yaml').problems.find((problem) => problem.code === code)).toMatchObject({ line, file: 'm.yaml' }));
  }
});

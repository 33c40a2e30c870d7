import { describe, expect, test } from 'vitest';
import { needsMultiArch, parseSingleArchAllowed } from './multi-arch.ts';

const source = `package manifest

// allowedImages = []string{"registry.k8s.io/not/this"}
var allowedSuffixes = []string{"-amd64"}

var allowedImages = []string{
	"registry.k8s.io/a/one", // why
	// "registry.k8s.io/a/gone",
	/* "registry.k8s.io/a/gone2", */
	\`registry.k8s.io/a/raw\`,
	"registry.k8s.io/images/etcd",
}

var later = []string{"registry.k8s.io/a/later"}
`;

test('the list is read from the Go source', () => {
  expect(parseSingleArchAllowed(source.replace('// allowedImages = []string{"registry.k8s.io/not/this"}\n', ''))).toEqual(['registry.k8s.io/a/one', 'registry.k8s.io/a/raw', 'registry.k8s.io/images/etcd']);
  expect(parseSingleArchAllowed(source)).toEqual(['registry.k8s.io/a/one', 'registry.k8s.io/a/raw', 'registry.k8s.io/images/etcd']);
  expect(parseSingleArchAllowed('var allowedImages []string = []string{"x"}')).toEqual(['x']);
  expect(parseSingleArchAllowed('allowedImages := []string{"x", "y"}')).toEqual(['x', 'y']);
  expect(parseSingleArchAllowed('var allowedImages = []string{}')).toEqual([]);
  expect(parseSingleArchAllowed('package manifest')).toEqual([]);
});

describe('who is excused from several platforms', () => {
  const allowed = ['registry.k8s.io/a/one', 'registry.k8s.io/images/etcd'];
  const table: readonly (readonly [image: string, tags: readonly string[], publicName: string, needs: boolean])[] = [
    ['app', ['v1'], 'registry.k8s.io/a/app', true],
    ['one', ['v1'], 'registry.k8s.io/a/one', false],
    ['one-more', ['v1'], 'registry.k8s.io/a/one-more', true],
    ['etcd', ['3.5.0-0'], 'registry.k8s.io/etcd', false],
    ['etcd', ['3.5.0-0'], 'registry.k8s.io/images/etcd', false],
    ['etcd', ['3.5.0-0'], 'registry.k8s.io/x/etcd', true],
    ['kubectl-amd64', ['v1'], 'registry.k8s.io/kubectl-amd64', false],
    ['x-arm64', ['v1'], 'registry.k8s.io/x-arm64', false],
    ['x-ppc64le', ['v1'], 'registry.k8s.io/x-ppc64le', false],
    ['x-s390x', ['v1'], 'registry.k8s.io/x-s390x', false],
    ['x-arm', ['v1'], 'registry.k8s.io/x-arm', false],
    ['x-386', ['v1'], 'registry.k8s.io/x-386', false],
    ['x-riscv64', ['v1'], 'registry.k8s.io/x-riscv64', true],
    ['app', ['v1-amd64'], 'registry.k8s.io/a/app', false],
    ['app', ['v1-amd64', 'v1'], 'registry.k8s.io/a/app', true],
    ['app', ['v1-amd64', 'v1-arm64'], 'registry.k8s.io/a/app', false],
    ['app', [], 'registry.k8s.io/a/app', false],
    ['charts/app', ['1'], 'registry.k8s.io/a/charts/app', false],
    ['mycharts', ['1'], 'registry.k8s.io/a/mycharts', false],
  ];
  for (const [image, tags, publicName, needs] of table) test(`${publicName} ${tags.join(' ')}: ${needs}`, () => expect(needsMultiArch(image, tags, publicName, allowed)).toBe(needs));
});

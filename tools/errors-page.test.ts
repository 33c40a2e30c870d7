// Holds docs/errors.md and the sources together: each code that the product can show has one row, and each row a code.
// It reads the syntax of the sources, and so needs no package.
import { createRequire } from 'node:module';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Expression, Node, SourceFile, TypeNode } from 'typescript';
import { workspaceRoot } from './scratch-workspace.ts';

const ts = createRequire(import.meta.url)('typescript') as typeof import('typescript');

interface Codes {
  /** Headings below which the rows of the package stand; without them, all that no other package claims. */
  readonly sections?: readonly string[];
  /** Where the package declares its codes: a list, an object's keys or a type. Its other codes are found where they are used. */
  readonly declared?: readonly [file: string, name: string];
}

const run = 'Runs and journals';
const outside = 'Answers from outside';
const table: Readonly<Record<string, Codes>> = {
  model: { declared: ['problem-code.ts', 'severities'] },
  lint: { declared: ['lint-code.ts', 'severities'] },
  cloudbuild: { sections: ['YAML files', 'cloudbuild.yaml and image-builder'], declared: ['problem-code.ts', 'problemCodes'] },
  'prow-config': { sections: ['YAML files', 'Prow jobs'], declared: ['problem-code.ts', 'problemCodes'] },
  promoter: { sections: ['YAML files', 'Promoter manifests'], declared: ['problem-code.ts', 'problemCodes'] },
  rehearsal: { sections: ['Seeds of a rehearsal'], declared: ['problem-code.ts', 'problemCodes'] },
  http: { sections: [outside], declared: ['outside-error.ts', 'OutsideCode'] },
  access: { sections: [run] },
  runner: { sections: [run] },
  github: { sections: [outside] },
  prow: { sections: [outside] },
  registry: { sections: [outside] },
  toolkit: { sections: [outside] },
  cli: { declared: ['check/reference-code.ts', 'severities'] },
};

/** Codes in the answers of the rehearsal's services: they are GitHub's and the registries' own. */
const foreign = /^packages\/rehearsal\/src\/(?:github|prow|registry)\//;

const sources = await readSources();
const rows = readRows(await readFile(join(workspaceRoot, 'docs/errors.md'), 'utf8'));
const packages = [...new Set([...Object.keys(table), ...sources.map(packageOf)])].sort();
const codes = new Map(packages.map((name) => [name, codesOf(name)]));
const claimed = new Set(Object.values(table).flatMap(({ sections = [] }) => sections));
const sectionsOf = (name: string): readonly string[] => {
  const { sections } = table[name] ?? {};
  return sections ?? [...new Set(rows.map((row) => row.section))].filter((section) => !claimed.has(section));
};

describe.each(packages)('the codes of %s', (name) => {
  test('have one row each', () => {
    const sections = sectionsOf(name);
    const told = rows.filter((row) => sections.includes(row.section)).map((row) => row.code);
    expect(codes.get(name)?.filter((code) => told.filter((other) => other === code).length !== 1)).toEqual([]);
  });

  test('are used beyond their declaration', () => {
    const [file] = table[name]?.declared ?? [];
    const used = new Set(sources.filter((source) => packageOf(source) === name && source.fileName !== `packages/${name}/src/${file ?? ''}`).flatMap(wordsOf));
    // The codes of the http package are told apart by the status in the very file that declares them.
    expect(name === 'http' ? [] : declaredBy(name).filter((code) => !used.has(code))).toEqual([]);
  });
});

test('every row is about a code', () => {
  const known = new Set(packages.flatMap((name) => sectionsOf(name).flatMap((section) => (codes.get(name) ?? []).map((code) => `${section}: ${code}`))));
  expect(rows.map((row) => `${row.section}: ${row.code}`).filter((row) => !known.has(row))).toEqual([]);
});

test('codes are found wherever they are stated', () => {
  const text = `
    f({ code: 'a', other: 'x' });
    f({ code: broken ? 'b' : 'c' });
    class E extends Error { readonly code = 'd'; }
    class F extends Error { readonly code: 'e' | 'f'; }
    function g(code: 'g' | 'h', message: 'x') {}
    if (error.code === 'x') f({ code });
    f({ code: 'i' satisfies Code });`;
  expect(statedIn(parse('a.ts', text))).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']);
});

async function readSources(): Promise<readonly SourceFile[]> {
  const folders = (await readdir(join(workspaceRoot, 'packages'))).map((name) => `packages/${name}/src`);
  const files = await Promise.all(folders.map(async (folder) => (await readdir(join(workspaceRoot, folder), { recursive: true })).map((file) => `${folder}/${file}`)));
  const named = files.flat().filter((file) => file.endsWith('.ts') && !/\.test\.(?:\w+\.)?ts$/.test(file)).sort();
  return Promise.all(named.map(async (file) => parse(file, await readFile(join(workspaceRoot, file), 'utf8'))));
}

function parse(file: string, text: string): SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function readRows(page: string): readonly { readonly section: string; readonly code: string }[] {
  let section = '';
  return page.split('\n').flatMap((line) => {
    section = /^## (.+)$/.exec(line)?.[1] ?? section;
    if (!line.startsWith('| `')) return [];
    const code = /^\| `([a-z-]+)` \| [^|]+\. \| [^|]+\. \|$/.exec(line)?.[1];
    if (code === undefined) throw new Error(`not a row of code, meaning and cure: ${line}`);
    return [{ section, code }];
  });
}

function packageOf(source: SourceFile): string {
  return source.fileName.split('/')[1] ?? '';
}

function codesOf(name: string): readonly string[] {
  const stated = sources.filter((source) => packageOf(source) === name && !foreign.test(source.fileName)).flatMap(statedIn);
  return [...new Set([...declaredBy(name), ...stated])].sort();
}

function declaredBy(name: string): readonly string[] {
  const [file, variable] = table[name]?.declared ?? [];
  if (file === undefined) return [];
  const source = sources.find(({ fileName }) => fileName === `packages/${name}/src/${file}`);
  const found = source === undefined ? [] : collect(source, (node) => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === variable && node.initializer !== undefined) return listed(node.initializer);
    return ts.isTypeAliasDeclaration(node) && node.name.text === variable ? literals(node.type) : [];
  });
  if (found.length === 0) throw new Error(`${file} of ${name} declares no codes as ${variable ?? ''}`);
  return found;
}

/** The texts of a list, or the keys of an object, behind `as const` and `satisfies`. */
function listed(value: Expression): readonly string[] {
  if (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) return listed(value.expression);
  if (ts.isArrayLiteralExpression(value)) return value.elements.flatMap(chosen);
  return ts.isObjectLiteralExpression(value) ? value.properties.flatMap((one) => (one.name !== undefined && (ts.isIdentifier(one.name) || ts.isStringLiteral(one.name)) ? [one.name.text] : [])) : [];
}

/** What a source itself says of a property or parameter `code`: its texts, or the texts its type allows. */
function statedIn(source: SourceFile): readonly string[] {
  return collect(source, (node) => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') return chosen(node.initializer);
    const isCode = (ts.isPropertyDeclaration(node) || ts.isPropertySignature(node) || ts.isParameter(node)) && node.name.getText() === 'code';
    if (!isCode) return [];
    const value = ts.isPropertySignature(node) ? undefined : node.initializer;
    return [...(node.type === undefined ? [] : literals(node.type)), ...(value === undefined ? [] : chosen(value))];
  });
}

/** The texts an expression may be: itself, or either side of a choice. */
function chosen(value: Expression): readonly string[] {
  if (ts.isParenthesizedExpression(value) || ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) return chosen(value.expression);
  if (ts.isConditionalExpression(value)) return [...chosen(value.whenTrue), ...chosen(value.whenFalse)];
  return ts.isStringLiteralLike(value) ? [value.text] : [];
}

function literals(type: TypeNode): readonly string[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(literals);
  return ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : [];
}

function wordsOf(source: SourceFile): readonly string[] {
  return collect(source, (node) => (ts.isStringLiteralLike(node) ? [node.text] : []));
}

function collect(node: Node, of: (node: Node) => readonly string[]): readonly string[] {
  const found = [...of(node)];
  ts.forEachChild(node, (child) => {
    found.push(...collect(child, of));
  });
  return found;
}

// What one TypeScript source reaches for: the modules it imports, the files it points to, and the forbidden globals it touches.
// It reads syntax only, never types, so that it stays fast; names declared in the file itself hide globals.
import { createRequire } from 'node:module';

/** @type {typeof import('typescript')} */
const ts = createRequire(import.meta.url)('typescript');

/**
 * @typedef {object} Found
 * @property {number} line 1-based
 * @property {number} column 1-based
 */
/**
 * @typedef {Found & { kind: 'import', specifier: string | undefined, typeOnly: boolean, names: readonly string[] }} ImportFact
 *   `specifier` is undefined where it is computed.
 */
/** @typedef {Found & { kind: 'file', path: string }} FileFact `new URL('path', import.meta.url)` */
/** @typedef {Found & { kind: 'global', global: Global, text: string }} GlobalFact */
/** @typedef {'environment' | 'clock' | 'random' | 'fetch'} Global */
/** @typedef {ImportFact | FileFact | GlobalFact} Fact */
/** @typedef {import('typescript').Node} Node */

/** Members of global objects, by object and member. @type {Readonly<Record<string, Readonly<Record<string, Global>>>>} */
const members = {
  process: { env: 'environment', hrtime: 'clock', uptime: 'clock' },
  Date: { now: 'clock' },
  performance: { now: 'clock', timeOrigin: 'clock' },
  Math: { random: 'random' },
  crypto: { randomUUID: 'random', getRandomValues: 'random' },
};

/** Names that mean the same when they are imported. @type {Readonly<Record<string, Readonly<Record<string, Global>>>>} */
const importedNames = {
  process: members['process'] ?? {},
  perf_hooks: { performance: 'clock' },
  crypto: { randomUUID: 'random', randomBytes: 'random', randomInt: 'random', randomFill: 'random', randomFillSync: 'random', getRandomValues: 'random', webcrypto: 'random' },
};

/**
 * The facts of one source, in the order of the text.
 * @param {string} file name, for the choice of the grammar only
 * @param {string} text
 * @returns {Fact[]}
 */
export function sourceFacts(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const scopes = declaredNames(source);
  /** @type {Fact[]} */
  const facts = [];
  /** @param {Node} node @param {boolean} inType */
  const visit = (node, inType) => {
    const place = () => {
      const at = source.getLineAndCharacterOfPosition(node.getStart(source));
      return { line: at.line + 1, column: at.character + 1 };
    };
    const type = inType || (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node));
    const imported = importOf(node);
    if (imported !== undefined) facts.push({ kind: 'import', ...place(), ...imported });
    if (!type) {
      const path = fileOf(node);
      if (path !== undefined) facts.push({ kind: 'file', ...place(), path });
      for (const global of globalsOf(node, scopes)) facts.push({ kind: 'global', ...place(), global, text: node.getText(source).split('\n', 1)[0] ?? '' });
    }
    ts.forEachChild(node, (child) => visit(child, type));
  };
  visit(source, false);
  return facts;
}

/**
 * @param {Node} node
 * @returns {{ specifier: string | undefined, typeOnly: boolean, names: readonly string[] } | undefined}
 */
function importOf(node) {
  if (ts.isImportDeclaration(node)) {
    const bindings = node.importClause?.namedBindings;
    const elements = bindings !== undefined && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
    const typeOnly = node.importClause?.isTypeOnly === true || (elements.length > 0 && node.importClause?.name === undefined && elements.every((element) => element.isTypeOnly));
    return { specifier: literal(node.moduleSpecifier), typeOnly, names: elements.filter((element) => !element.isTypeOnly).map((element) => (element.propertyName ?? element.name).text) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) return { specifier: literal(node.moduleSpecifier), typeOnly: node.isTypeOnly, names: [] };
  if (ts.isImportTypeNode(node)) {
    return { specifier: ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined, typeOnly: true, names: [] };
  }
  if (ts.isCallExpression(node)) {
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
    const isResolve = ts.isPropertyAccessExpression(node.expression) && ts.isMetaProperty(node.expression.expression) && node.expression.name.text === 'resolve';
    if (isImport || isRequire || isResolve) return { specifier: literal(node.arguments[0]), typeOnly: false, names: [] };
  }
  return undefined;
}

/** @param {Node | undefined} node */
function literal(node) {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/**
 * @param {Node} node
 * @returns {string | undefined}
 */
function fileOf(node) {
  if (!ts.isNewExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== 'URL') return undefined;
  const [path, base] = node.arguments ?? [];
  const relative = base !== undefined && ts.isPropertyAccessExpression(base) && ts.isMetaProperty(base.expression) && base.name.text === 'url';
  return relative ? literal(path) : undefined;
}

/**
 * @param {Node} node
 * @param {Map<Node, Set<string>>} scopes
 * @returns {Global[]}
 */
function globalsOf(node, scopes) {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const object = globalName(node.expression, scopes);
    const member = ts.isPropertyAccessExpression(node) ? node.name.text : literal(node.argumentExpression);
    if (object === undefined || member === undefined) return [];
    if (object === 'globalThis') return member === 'fetch' ? ['fetch'] : [];
    const global = members[object]?.[member];
    return global === undefined ? [] : [global];
  }
  if (ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isObjectBindingPattern(node.name)) {
    const object = globalName(node.initializer, scopes);
    if (object === undefined) return [];
    return node.name.elements.flatMap((element) => {
      const name = element.propertyName ?? element.name;
      if (!ts.isIdentifier(name)) return [];
      const global = object === 'globalThis' && name.text === 'fetch' ? 'fetch' : members[object]?.[name.text];
      return global === undefined ? [] : [global];
    });
  }
  if (ts.isNewExpression(node) && (node.arguments ?? []).length === 0) return globalName(node.expression, scopes) === 'Date' ? ['clock'] : [];
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && globalName(node.expression, scopes) === 'Date') return ['clock'];
  if (ts.isIdentifier(node) && node.text === 'fetch' && isReference(node) && globalName(node, scopes) === 'fetch') return ['fetch'];
  if (ts.isImportSpecifier(node) && !node.isTypeOnly && !node.parent.parent.isTypeOnly) {
    const module = literal(node.parent.parent.parent.moduleSpecifier)?.replace(/^node:/, '') ?? '';
    const global = importedNames[module]?.[(node.propertyName ?? node.name).text];
    return global === undefined ? [] : [global];
  }
  return [];
}

/**
 * The name of the global that an expression is: `process`, `globalThis.process`; undefined for anything else.
 * A default or namespace import of a Node module of that name counts as the global.
 * @param {Node} node
 * @param {Map<Node, Set<string>>} scopes
 * @returns {string | undefined}
 */
function globalName(node, scopes) {
  if (ts.isParenthesizedExpression(node)) return globalName(node.expression, scopes);
  if (ts.isPropertyAccessExpression(node) && globalName(node.expression, scopes) === 'globalThis') return node.name.text;
  if (!ts.isIdentifier(node)) return undefined;
  for (let scope = /** @type {Node | undefined} */ (node); scope !== undefined; scope = scope.parent) {
    if (scopes.get(scope)?.has(node.text) === true) return undefined;
  }
  return node.text;
}

/** Whether an identifier stands for a value here, and not for a member, a key or a declaration. @param {import('typescript').Identifier} node */
function isReference(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node;
  const declares = ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertySignature(parent)
    || ts.isFunctionDeclaration(parent) || ts.isFunctionExpression(parent) || ts.isGetAccessor(parent) || ts.isSetAccessor(parent)
    || ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent) || ts.isExportSpecifier(parent) || ts.isLabeledStatement(parent);
  return !declares;
}

/**
 * The names declared in each scope of a source: file, function or block.
 * @param {import('typescript').SourceFile} source
 * @returns {Map<Node, Set<string>>}
 */
function declaredNames(source) {
  /** @type {Map<Node, Set<string>>} */
  const scopes = new Map();
  /** @param {Node} from @param {string} name */
  const declare = (from, name) => {
    const scope = ts.findAncestor(from, (node) => ts.isFunctionLike(node) || ts.isBlock(node) || ts.isCatchClause(node) || ts.isIterationStatement(node, false) || ts.isSourceFile(node)) ?? source;
    scopes.set(scope, (scopes.get(scope) ?? new Set()).add(name));
  };
  /** @param {Node} node */
  const visit = (node) => {
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) && ts.isIdentifier(node.name)) declare(node.parent, node.name.text);
    else if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.name !== undefined) declare(node.parent, node.name.text);
    else if (ts.isImportSpecifier(node)) declare(source, node.name.text);
    else if ((ts.isImportClause(node) || ts.isNamespaceImport(node)) && node.name !== undefined && !isBuiltinOf(node)) declare(source, node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return scopes;
}

/** Whether `import x from` or `import * as x from` names a Node module that is also a global. @param {import('typescript').ImportClause | import('typescript').NamespaceImport} node */
function isBuiltinOf(node) {
  const declaration = ts.isImportClause(node) ? node.parent : node.parent.parent;
  const module = ts.isImportDeclaration(declaration) ? literal(declaration.moduleSpecifier) : undefined;
  return module?.replace(/^node:/, '') === node.name?.text;
}

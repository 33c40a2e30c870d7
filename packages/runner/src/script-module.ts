// Script blocks as ES modules: types stripped, lines kept, imports resolved as if the document itself were the module.
// It knows nothing of steps and locks; what is in scope is handed in.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';

/** One text to evaluate. */
export interface ModuleText {
  readonly code: string;
  readonly isTypeScript: boolean;
  /** 1-based line of the code's first line. */
  readonly line: number;
  /** As stacks name it. */
  readonly name: string;
  /** Names that only this module sees, each as a binding that cannot be assigned. */
  readonly bindings: Readonly<Record<string, unknown>>;
}

/** Evaluates modules for one document. */
export interface ModuleLoader {
  /** Evaluates a text and gives its exports. Rejects with what the text throws. */
  evaluate(text: ModuleText): Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Makes a loader.
 * @param file absolute path of the document: imports start in its folder.
 * @param substitutes modules that replace others, by specifier.
 */
export function createModuleLoader(file: string, substitutes: Readonly<Record<string, Readonly<Record<string, unknown>>>>): ModuleLoader {
  const local = new Map<string, Promise<vm.SourceTextModule>>();

  const linkerOf = (base: string) => {
    const importFrom = importer(base);
    return async (specifier: string): Promise<vm.Module> => {
      if (Object.hasOwn(substitutes, specifier)) return wrap(specifier, substitutes[specifier] ?? {});
      const url = localSource(specifier, base);
      if (url === undefined) return wrap(specifier, await importFrom(specifier));
      let module = local.get(url);
      if (module === undefined) local.set(url, (module = readSource(url)));
      return module;
    };
  };
  const compile = async (text: ModuleText, base: string): Promise<vm.SourceTextModule> => {
    const code = text.isTypeScript ? await toJavaScript(text) : text.code;
    try {
      return build({ ...text, code }, base, linkerOf(base));
    } catch (error) {
      throw error instanceof SyntaxError ? await placedSyntaxError(error, { ...text, code }) : error;
    }
  };
  const readSource = async (url: string): Promise<vm.SourceTextModule> => {
    const path = fileURLToPath(url);
    return compile({ code: await readFile(path, 'utf8'), isTypeScript: extname(path) !== '.mjs', line: 1, name: path, bindings: {} }, path);
  };
  return {
    async evaluate(text) {
      const module = await compile(text, file);
      await module.link(link);
      await module.evaluate();
      return module.namespace as Record<string, unknown>;
    },
  };
}

/** Imports as Node does from a file, packages with their `import` condition included. */
function importer(base: string): (specifier: string) => Promise<Record<string, unknown>> {
  const script = new vm.Script('(specifier) => import(specifier)', { filename: base, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
  return script.runInThisContext() as (specifier: string) => Promise<Record<string, unknown>>;
}

/** The URL of a file that is ours to compile: Node itself cannot load TypeScript in all supported versions. */
function localSource(specifier: string, base: string): string | undefined {
  if (!/^(?:\.{0,2}\/|file:)/.test(specifier)) return undefined;
  const url = new URL(specifier, pathToFileURL(base));
  return ['.ts', '.mts'].includes(extname(url.pathname)) ? url.href : undefined;
}

function wrap(name: string, exports: Readonly<Record<string, unknown>>): vm.Module {
  const names = Object.keys(exports);
  return new vm.SyntheticModule(
    names,
    function set(this: vm.SyntheticModule) {
      for (const key of names) this.setExport(key, exports[key]);
    },
    { identifier: name },
  );
}

/** The specifier under which a module imports its bindings. It cannot be written by hand: it holds a NUL. */
const bindingsSpecifier = '\\0bindings';

/**
 * Compiles a text. Bindings become an import in front of the first line (its columns stay right); one that the text declares
 * itself gives way to that declaration.
 */
function build(text: ModuleText, base: string, find: (specifier: string) => Promise<vm.Module>): vm.SourceTextModule {
  const names = Object.keys(text.bindings);
  const prefix = names.length === 0 ? '' : `import { ${names.join(', ')} } from '${bindingsSpecifier}';`;
  const importAny = async (specifier: string): Promise<vm.Module> => (specifier === '\0bindings' ? wrap('bindings', text.bindings) : find(specifier));
  try {
    const module = new vm.SourceTextModule(prefix + text.code, {
      identifier: text.name,
      lineOffset: text.line - 1,
      columnOffset: -prefix.length,
      initializeImportMeta(meta) {
        Object.assign(meta, { url: pathToFileURL(base).href, filename: base });
      },
      async importModuleDynamically(specifier) {
        const imported = await importAny(specifier);
        if (imported.status === 'unlinked') await imported.link(link);
        if (imported.status !== 'evaluated') await imported.evaluate();
        return imported;
      },
    });
    linkers.set(module, importAny);
    return module;
  } catch (error) {
    const [, declared] = (error instanceof SyntaxError && /^Identifier '(.+)' has already been declared$/.exec(error.message)) || [];
    if (declared === undefined || !Object.hasOwn(text.bindings, declared)) throw error;
    const { [declared]: _own, ...bindings } = text.bindings;
    return build({ ...text, bindings }, base, find);
  }
}

const linkers = new WeakMap<vm.Module, (specifier: string) => Promise<vm.Module>>();

/** Finds what a module imports by that module's own place. */
function link(specifier: string, importing: vm.Module): Promise<vm.Module> {
  const find = linkers.get(importing);
  if (find === undefined) throw new Error(`${importing.identifier} imports ${specifier}, but was not compiled here`);
  return find(specifier);
}

/** The code as JavaScript. The library is loaded with the first TypeScript. */
async function toJavaScript(text: ModuleText): Promise<string> {
  const { stripTypes } = await import('./type-stripping.ts');
  try {
    return stripTypes(text.code);
  } catch (error) {
    throw placedError(error, text);
  }
}

/** The error with the place of what is wrong, where the same text as a script is wrong in the same way. */
async function placedSyntaxError(error: SyntaxError, { code, line, name }: ModuleText): Promise<SyntaxError> {
  const { asScript } = await import('./type-stripping.ts');
  try {
    new vm.Script(asScript(code), { filename: name, lineOffset: line - 1 });
  } catch (found) {
    if (found instanceof SyntaxError && found.message === error.message && found.stack !== undefined) error.stack = found.stack.replace(/\n {4}at [\s\S]*$/, '');
    else return placedError(found, { line, name }) as SyntaxError;
  }
  return error;
}

/** The library counts lines from the block's first: the document's line is said instead. */
function placedError(error: unknown, { line, name }: Pick<ModuleText, 'line' | 'name'>): unknown {
  if (!(error instanceof Error)) return error;
  const [, message = error.message, row, column] = /^(?:Error transforming .*?: )?(.*) \((\d+):(\d+)\)$/s.exec(error.message) ?? [];
  if (row === undefined) return error;
  const placed = new SyntaxError(message.replace(/^Syntax error, /i, ''));
  placed.stack = `${name}:${line + Number(row) - 1}:${column ?? '1'}\nSyntaxError: ${placed.message}`;
  return placed;
}

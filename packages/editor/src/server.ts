// The language server: keeps the open documents, tells their problems after each change, answers questions about them. Thin:
// whatever it says is computed by the functions of this package. It touches no file and starts nothing.
import { createProtocolConnection, ErrorCodes, ResponseError, StreamMessageWriter } from 'vscode-languageserver-protocol/node';
import type { InitializeResult, Position, ProtocolConnection } from 'vscode-languageserver-protocol/node';
import { completionsAt, completionTriggers } from './completion.ts';
import { definitionAt } from './definition.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { FrameReader } from './frame-reader.ts';
import { hoverAt } from './hover.ts';
import { openPage } from './page.ts';
import { symbolsOf } from './symbols.ts';
import type { Page } from './page.ts';

/** What a server speaks through. */
export interface ServeOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Told to the editor. */
  readonly version: string;
  /** Why the server ended by itself, or what went wrong inside. */
  readonly onTrouble: (message: string) => void;
  /** Does something when typing pauses, and gives what takes it back; after 120 ms of rest unless said. */
  readonly whenQuiet?: (does: () => void) => () => void;
}

/** How a server ended: as asked, without a farewell, or because its input is not the protocol. */
export type Farewell = 'shut down' | 'cut off' | 'not understood';

interface OpenDocument {
  version: number;
  page: Page;
  cancel: () => void;
}

const afterRest = (does: () => void): (() => void) => {
  const timer = setTimeout(does, 120);
  return () => clearTimeout(timer);
};

/** Serves one editor until it says exit or goes away. Never rejects. */
export function serveEditor(options: ServeOptions): Promise<Farewell> {
  const connection = createProtocolConnection(new FrameReader(options.input), new StreamMessageWriter(options.output));
  const documents = new Map<string, OpenDocument>();
  const phase = { now: 'new' as 'new' | 'ready' | 'over' };
  listenToDocuments(connection, documents, phase, options);
  answerQuestions(connection, documents, phase, options);
  return new Promise((resolve) => {
    const end = (farewell: Farewell): void => {
      for (const document of documents.values()) document.cancel();
      documents.clear();
      connection.dispose();
      resolve(farewell);
    };
    connection.onError(([error]) => {
      options.onTrouble(error.message);
      end('not understood');
    });
    connection.onClose(() => end(phase.now === 'over' ? 'shut down' : 'cut off'));
    connection.onNotification('exit', () => end(phase.now === 'over' ? 'shut down' : 'cut off'));
    connection.listen();
  });
}

type Phase = { now: 'new' | 'ready' | 'over' };

function listenToDocuments(connection: ProtocolConnection, documents: Map<string, OpenDocument>, phase: Phase, options: ServeOptions): void {
  const whenQuiet = options.whenQuiet ?? afterRest;
  const publish = (uri: string, version: number): void => {
    const document = documents.get(uri);
    // A newer text has its own turn.
    if (document?.version !== version) return;
    const diagnostics = guard(options, [], () => diagnosticsOf(document.page));
    void connection.sendNotification('textDocument/publishDiagnostics', { uri, version, diagnostics });
  };
  const take = (uri: string, version: number, text: string): void => {
    const before = documents.get(uri);
    before?.cancel();
    documents.set(uri, { version, page: openPage(text, uri), cancel: whenQuiet(() => publish(uri, version)) });
  };
  connection.onNotification('textDocument/didOpen', ({ textDocument }: { textDocument: { uri: string; version: number; text: string } }) => {
    if (phase.now === 'ready') take(textDocument.uri, textDocument.version, textDocument.text);
  });
  connection.onNotification('textDocument/didChange', ({ textDocument, contentChanges }: { textDocument: { uri: string; version: number }; contentChanges: readonly { text: string; range?: object }[] }) => {
    const text = contentChanges.at(-1)?.text;
    const known = documents.get(textDocument.uri);
    if (contentChanges.some((change) => change.range !== undefined)) options.onTrouble('the editor sends parts of a text, though whole texts were asked for; the change is left out');
    else if (phase.now === 'ready' && text !== undefined && known !== undefined && textDocument.version > known.version) take(textDocument.uri, textDocument.version, text);
  });
  connection.onNotification('textDocument/didClose', ({ textDocument }: { textDocument: { uri: string } }) => {
    documents.get(textDocument.uri)?.cancel();
    if (documents.delete(textDocument.uri)) void connection.sendNotification('textDocument/publishDiagnostics', { uri: textDocument.uri, diagnostics: [] });
  });
}

interface Question {
  readonly textDocument: { readonly uri: string };
  readonly position: Position;
  readonly context?: { readonly triggerCharacter?: string };
}

function answerQuestions(connection: ProtocolConnection, documents: ReadonlyMap<string, OpenDocument>, phase: Phase, options: ServeOptions): void {
  connection.onRequest('initialize', () => {
    if (phase.now !== 'new') return new ResponseError(ErrorCodes.InvalidRequest, 'the server is initialized already');
    phase.now = 'ready';
    return greeting(options.version);
  });
  connection.onRequest('shutdown', () => {
    phase.now = 'over';
    return null;
  });
  const answer = (method: string, compute: (page: Page, question: Question) => object | undefined, nothing: readonly object[] | null): void => {
    connection.onRequest(method, (question: Question): object | null => {
      if (phase.now === 'new') return new ResponseError(ErrorCodes.ServerNotInitialized, 'initialize comes first');
      if (phase.now === 'over') return new ResponseError(ErrorCodes.InvalidRequest, 'the server is shut down');
      const page = documents.get(question.textDocument.uri)?.page;
      return page === undefined ? nothing : guard<object | null>(options, nothing, () => compute(page, question) ?? nothing);
    });
  };
  answer('textDocument/hover', (page, { position }) => hoverAt(page, position), null);
  answer('textDocument/completion', (page, { position, context }) => completionsAt(page, position, context?.triggerCharacter), []);
  answer('textDocument/definition', (page, { position }) => definitionAt(page, position), null);
  answer('textDocument/documentSymbol', (page) => symbolsOf(page), []);
}

function greeting(version: string): InitializeResult {
  return {
    serverInfo: { name: 'runbook', version },
    capabilities: {
      positionEncoding: 'utf-16',
      textDocumentSync: { openClose: true, change: 1 },
      hoverProvider: true,
      completionProvider: { triggerCharacters: [...completionTriggers] },
      definitionProvider: true,
      documentSymbolProvider: true,
    },
  };
}

/** A fault of ours in one answer must not take the editor's other answers away. */
function guard<T>(options: ServeOptions, otherwise: T, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    options.onTrouble(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return otherwise;
  }
}

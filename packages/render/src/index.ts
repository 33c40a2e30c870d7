// A report or a document as text.
export {};

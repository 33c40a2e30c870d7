// A client for Prow: Deck and the log bucket.
export {};

// Prow job config: which jobs run for a ref, and why.
export {};

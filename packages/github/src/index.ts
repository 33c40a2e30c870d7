// A GitHub client for releases.
export {};

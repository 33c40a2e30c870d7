// Does a plan and tells.
export {};

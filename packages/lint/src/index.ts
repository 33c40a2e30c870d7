// What check knows beyond parsing.
export {};

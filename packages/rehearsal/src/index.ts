// A small world, true to protocol.
export {};

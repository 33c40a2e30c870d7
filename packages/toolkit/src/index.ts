// What a code block holds in its hands.
export {};

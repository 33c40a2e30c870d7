// Receives audit events and prints them, one JSON document a line.
const http = require('node:http');

http.createServer((request, response) => {
  request.pipe(process.stdout, { end: false });
  request.on('end', () => response.end('{}'));
}).listen(8080);

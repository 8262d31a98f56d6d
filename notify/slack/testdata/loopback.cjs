// node -r ./loopback.cjs …: a program that listens on every address listens on 127.0.0.1 instead, so that a test's server is seen
// by this machine alone.
const net = require('node:net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const first = args[0];
  if (typeof first === 'object' && first !== null && first.port !== undefined && !first.path) {
    args[0] = { ...first, host: '127.0.0.1' };
  } else if (typeof first === 'number' || /^\d+$/.test(String(first))) {
    const done = args.find((a) => typeof a === 'function');
    args = [{ port: Number(first), host: '127.0.0.1' }, ...(done ? [done] : [])];
  }
  return listen.apply(this, args);
};

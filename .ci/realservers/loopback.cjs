// node -r ./loopback.cjs …: a program that listens on every address listens on 127.0.0.1 instead, and whatever it wants to connect
// to elsewhere is refused, so that servers under test neither are seen by nor speak to anybody but this machine.
const net = require('node:net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const first = args[0];
  const done = args.find((a) => typeof a === 'function');
  if (typeof first === 'object' && first !== null && first.port !== undefined && !first.path) {
    args[0] = { ...first, host: '127.0.0.1' };
  } else if (first === undefined || typeof first === 'function') {
    args = [{ port: 0, host: '127.0.0.1' }, ...(done ? [done] : [])];
  } else if (/^\d+$/.test(String(first))) {
    args = [{ port: Number(first), host: '127.0.0.1' }, ...(done ? [done] : [])];
  }
  return listen.apply(this, args);
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const to = Array.isArray(args[0]) ? args[0][0] : args[0];
  const options = typeof to === 'object' && to !== null ? to : {};
  const host = options.host ?? (typeof args[1] === 'string' ? args[1] : undefined);
  if (host && !options.path && !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) {
    process.nextTick(() => this.destroy(Object.assign(new Error(`only this machine may be connected to, not ${host}`), { code: 'ECONNREFUSED' })));
    return this;
  }
  return connect.apply(this, args);
};

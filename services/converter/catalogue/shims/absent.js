// node:fs and its like: there is no file, no network and no process behind a converter.
const refuse = (name) => () => {
    throw new Error(`'${name}' is not available to converters`);
};
module.exports = new Proxy({}, {get: (_, name) => (name === "__esModule" || typeof name === "symbol" ? undefined : refuse(name))});

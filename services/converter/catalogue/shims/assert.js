// node:assert as far as converters use it.
function assert(value, message) {
    if (value) return;
    throw message instanceof Error ? message : new Error(message ?? "The expression evaluated to a falsy value");
}
assert.ok = assert;
assert.fail = (message) => assert(false, message ?? "Failed");
assert.strictEqual = (actual, expected, message) => assert(Object.is(actual, expected), message ?? `${actual} !== ${expected}`);
assert.equal = assert.strictEqual;
module.exports = assert;
module.exports.default = assert;

// node:util as far as converters use it.
exports.inspect = (value) => {
    try {
        return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
    } catch {
        return String(value);
    }
};
exports.TextEncoder = globalThis.TextEncoder;
exports.TextDecoder = globalThis.TextDecoder;

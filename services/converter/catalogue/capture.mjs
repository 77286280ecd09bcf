// Notes how definitions are put together: a definition that is nothing but building blocks called with plain values
// comes out as those calls, so that our own parts can do what it does (captured.json).

const LIBRARIES = "zigbee-herdsman-converters/lib/";
const IDENTITY = new Set(["zigbeeModel", "model", "vendor", "description", "whiteLabel", "fingerprint", "ota", "extend", "meta"]);
const DEPTH = 8;

// Replaces the functions of the libraries by ones that note what they were called with. Returns what looks it up.
function watchBlocks(zigbus) {
    const made = new Map();
    let inside = 0;
    const noting = (name, block) =>
        function noted(...args) {
            inside++;
            try {
                const result = block.apply(this, args);
                if (inside === 1 && result?.isModernExtend) made.set(result, {name, args: copied(args), shape: shapeOf(result)});
                return result;
            } finally {
                inside--;
            }
        };
    for (const module of Object.keys(zigbus.modules).filter((name) => name.startsWith(LIBRARIES))) {
        wrap(zigbus.require(module), module.slice(LIBRARIES.length), noting);
    }
    return (extend) => {
        const found = made.get(extend);
        return found && sameShape(found.shape, shapeOf(extend)) ? found : undefined; // changed since: not the block's
    };
}

function wrap(holder, prefix, noting) {
    for (const [key, value] of Object.entries(holder)) {
        const name = `${prefix}.${key}`;
        if (typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value))) holder[key] = noting(name, value);
        else if (/^m$|extend/i.test(key) && typeof value === "object" && value !== null) wrap(value, name, noting);
    }
}

// Everything an extend is made of, one level down.
function shapeOf(extend) {
    return Object.entries(extend).flatMap(([key, value]) => [key, ...(Array.isArray(value) ? value : [value])]);
}

function sameShape(one, other) {
    return one.length === other.length && one.every((item, place) => item === other[place]);
}

// Values as they were: some blocks change what they are given. What is not plain stays as it is.
function copied(args) {
    return isPlain(args) ? JSON.parse(JSON.stringify(args)) : args;
}

// The calls of a definition, or undefined if it is more than that.
function captured(definition, lookUp) {
    const own = Object.keys(definition).filter((key) => !IDENTITY.has(key) && definition[key] !== undefined);
    if (own.length || !definition.extend?.length || !isPlain(definition.meta) || typeof (definition.ota ?? true) !== "boolean") return undefined;
    const blocks = definition.extend.map(lookUp);
    if (!blocks.every((block) => block && isPlain(block.args))) return undefined;
    return {blocks: blocks.map(({name, args}) => [name, ...args]), meta: definition.meta, ota: Boolean(definition.ota || definition.extend.some((e) => e.ota))};
}

function isPlain(value, depth = 0) {
    if (value === null || ["undefined", "string", "number", "boolean"].includes(typeof value)) return true;
    if (typeof value !== "object" || depth > DEPTH) return false;
    return Object.values(value).every((item) => isPlain(item, depth + 1));
}

// All of them by "module/index". `zigbus`: the scripts have run, and no definition has been asked for yet.
export function captureAll(zigbus, modules) {
    const lookUp = watchBlocks(zigbus);
    const found = {};
    for (const module of modules) {
        zigbus.require(module).definitions.forEach((definition, index) => {
            const calls = captured(definition, lookUp);
            if (calls) found[`${module}/${index}`] = calls;
        });
    }
    return found;
}
